package dev.skein.perf.cli;

import static dev.skein.loop.Asyncio.run;

import dev.skein.perf.process.Gc;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.scenario.Sleepers;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The measurement {@code sleepers}: many coroutines asleep at once, in a JVM with fixed flags. */
@Command(
        name = "sleepers",
        description = "Puts many coroutines to sleep at once: their weight, and their order of waking.")
final class SleepersCommand implements Callable<Integer> {
    private static final String HEAP = "4g";
    private static final int MINUTES = 10;

    /** The stack of a coroutine that suspends in interpreted code is several times larger: later rounds are compiled. */
    private static final int ROUNDS = 4;

    @Option(names = "--count", defaultValue = "100000", description = "Coroutines. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--gc",
            defaultValue = "parallel",
            description = "Garbage collector: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Gc gc = Gc.PARALLEL;

    @Option(names = "--in-this-jvm", hidden = true, description = "What the JVM that is measured is started with.")
    private boolean inThisJvm;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Range.require(spec, "--count", count, 1_000_000);
        return inThisJvm ? measure() : inOwnJvm();
    }

    private int inOwnJvm() throws IOException, InterruptedException {
        Jvm own = new Jvm(MainClass.of(spec), Jvm.flags(gc, HEAP));
        Process jvm = new ProcessBuilder(own.command("sleepers", "--in-this-jvm", "--count", Integer.toString(count)))
                .inheritIO()
                .start();
        try {
            if (!jvm.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("the measured JVM has not ended within " + MINUTES + " minutes");
            }
            return jvm.exitValue();
        } finally {
            jvm.destroyForcibly();
        }
    }

    private int measure() {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%,d coroutines asleep at once, in one JVM: round 1 is its first work%n", count);
        out.printf(Locale.ROOT, "round     heap each   create and sleep   wake all  out of order%n");
        int outOfOrder = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            Sleepers.Result result = run(() -> Sleepers.round(count));
            outOfOrder += result.outOfOrder();
            out.printf(
                    Locale.ROOT,
                    "%5d  %,10.0f B  %15.3f s  %7.3f s  %12d%n",
                    round,
                    result.heapBytesEach(),
                    result.startNanos() / 1e9,
                    result.wakeNanos() / 1e9,
                    result.outOfOrder());
            out.flush();
        }
        return outOfOrder == 0 ? 0 : 1;
    }
}
