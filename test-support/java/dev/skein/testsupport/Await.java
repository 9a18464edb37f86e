package dev.skein.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits of plain threads for an event, which fail the test after two minutes. */
public final class Await {
    /** How long they wait. */
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private Await() {}

    public static void latch(CountDownLatch event) throws InterruptedException {
        assertThat(event.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .as("the event came within " + LIMIT)
                .isTrue();
    }

    public static void join(Thread thread) throws InterruptedException {
        assertThat(thread.join(LIMIT)).as(thread + " ended within " + LIMIT).isTrue();
    }

    /** For what tells nobody when it happens, such as the state of a thread. */
    public static void until(String what, BooleanSupplier happened) {
        long start = System.nanoTime();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(what).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(100_000);
        }
    }

    public static void untilBlocked(Thread thread) {
        until(thread + " is blocked", () -> switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            default -> false;
        });
    }
}
