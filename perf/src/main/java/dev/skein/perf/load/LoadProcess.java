package dev.skein.perf.load;

import dev.skein.perf.process.ChildProcess;
import dev.skein.perf.process.Protocol;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The load generator in a process of its own, the same for all servers of a scenario, so that its compiled code is too. One
 * that ends or is silent for too long is replaced for the next round.
 */
public final class LoadProcess implements AutoCloseable {
    /** What a round may take beyond its own length. */
    private static final Duration SLACK = Duration.ofSeconds(90);

    private final Starter starter;
    private @Nullable ChildProcess process;

    /** Starts a load generator. */
    public interface Starter {
        ChildProcess start() throws IOException;
    }

    public LoadProcess(Starter starter) {
        this.starter = starter;
    }

    /**
     * Runs a round.
     *
     * @throws IOException if it failed, with the reason
     */
    public RoundResult play(Round round) throws IOException, InterruptedException {
        String answer = ask(round);
        if (answer.startsWith(Protocol.FAILED)) {
            throw new IOException(answer.substring(Protocol.FAILED.length()));
        }
        return RoundResult.parse(answer);
    }

    private String ask(Round round) throws IOException, InterruptedException {
        ChildProcess load = process;
        if (load == null) {
            load = starter.start();
            process = load;
        }
        try {
            load.writeLine(round.toLine());
            return load.readAfter(
                    Protocol.RESULT, round.settle().plus(round.measured()).plus(SLACK));
        } catch (IOException gone) {
            load.kill();
            process = null;
            throw gone;
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
