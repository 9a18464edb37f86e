package dev.skein.perf.scenario;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a long run is, on stderr: a step for each row of the report. */
public final class Progress implements AutoCloseable {
    private final ProgressBar bar;

    public Progress(int steps) {
        bar = new ProgressBarBuilder()
                .setTaskName("perf all")
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(1_000)
                .build();
    }

    /** One step more, of this scenario. */
    public void step(String scenario) {
        bar.setExtraMessage(scenario);
        bar.step();
    }

    @Override
    public void close() {
        bar.close();
    }
}
