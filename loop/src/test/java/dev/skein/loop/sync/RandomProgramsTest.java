package dev.skein.loop.sync;

import dev.skein.loop.testing.TestLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Random programs over each class of the package, each checked against a plain model of it: nothing is lost, nothing is
 * given twice, the order is kept, and nobody waits for ever. A failure names the seed of its program;
 * {@code -Dskein.seed=} runs that one alone.
 */
@Execution(ExecutionMode.CONCURRENT)
@Order(1) // the longest, so that nobody waits for it at the end
class RandomProgramsTest {
    private static final int PROGRAMS = 100_000;

    /** Where coroutines take turns as a baton: there each step is a switch of threads. */
    private static final int PROGRAMS_WITH_BATON = 2_000;

    /** It takes some 4 s of one processor; the limit is for a machine that has other things to do. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void programsWithRandomCancellationsDoWhatThePlainModelsSay() {
        Long one = Long.getLong("skein.seed");
        long first = one == null ? System.nanoTime() : one;
        long end = first + (one == null ? programs() : 1);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (long seed = first; seed < end; seed++) {
                    run(seed);
                }
            });
        }
    }

    private static int programs() {
        boolean mounted = Object.class.getModule().isOpen("java.lang", RandomProgramsTest.class.getModule());
        return mounted ? PROGRAMS : PROGRAMS_WITH_BATON;
    }

    private static void run(long seed) {
        try {
            new Program(seed).run();
        } catch (Throwable e) {
            throw new AssertionError("the program of -Dskein.seed=" + seed + " fails", e);
        }
    }
}
