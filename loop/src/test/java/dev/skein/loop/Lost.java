package dev.skein.loop;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** For programs whose loop might be lost: the test fails then, and leaves the loop and its threads as they are. */
final class Lost {
    /** Far longer than any of them takes, also on a machine that is busy. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Lost() {}

    /** A group of one loop; skips the test where {@code transport} is not available. */
    static LoopGroup group(Transport transport) {
        return group(transport, 1);
    }

    static LoopGroup group(Transport transport, int loops) {
        assumeTrue(transport.isAvailable(), transport + " is not available here");
        return new LoopGroup(loops, options -> options.withTransport(transport));
    }

    /** Once nothing is lost: it waits for the loops. */
    static void close(LoopGroup group) throws Exception {
        unlessEnded(() -> {
            group.close();
            return true;
        });
    }

    /** Waits for what a loop has to do, and tells nobody. */
    static void until(String what, BooleanSupplier happened) {
        long start = System.nanoTime();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                fail("a loop is lost: not within " + LIMIT + ": " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /** Runs {@code program}, which waits for loops, on a thread of its own. */
    static <T> T unlessEnded(Callable<T> program) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("program").start(() -> {
            try {
                result.complete(program.call());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        return unlessEnded(result);
    }

    /** Waits for what a loop has to complete. */
    static <T> T unlessEnded(CompletableFuture<T> result) throws Exception {
        try {
            return result.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return fail("a loop is lost: it has not ended its program within " + LIMIT, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
