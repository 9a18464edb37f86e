package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lock that the body of a generator and its consumer both take, as they could if they were one thread. */
class GeneratorLockTest {
    private static final Duration SOON = Duration.ofMillis(20);

    private final ReentrantLock lock = new ReentrantLock();

    @BeforeEach
    void mounted() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
    }

    /** Runs {@code consumer} until the watchdog has told of it and {@code generator}, and gives what that said. */
    private static String whatIsSaidOf(Action consumer) {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        Task<?> task = createTask(consumer, "consumer");
                        // The second time, when the first report is there with all its lines.
                        while (log.text().split("task 'consumer' has been waiting for a lock").length < 3) {
                            assertThat(task.isDone()).isFalse();
                            sleep(Duration.ofMillis(1));
                        }
                        task.cancel();
                        assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    },
                    options -> options.withWatchdog(SOON));
            return log.text();
        }
    }

    private void holdAndConsume() {
        lock.lock();
        try (Generator<String> items = generator(this::lockAndEmit)) {
            items.forEach(item -> {});
        } finally {
            lock.unlock();
        }
    }

    private void lockAndEmit(Generator.Emitter<String> out) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            out.emit("item");
        } finally {
            lock.unlock();
        }
    }

    @Test
    void aBodyThatWantsALockOfItsConsumerIsReportedWithBothStacks() {
        assertThat(whatIsSaidOf(this::holdAndConsume))
                .containsPattern("has been waiting for a lock for \\d+ ms in the body of 'Generator-\\d+'")
                .contains("a lock is not re-entrant between the body of a generator and its consumer")
                .contains("the consumer, task 'consumer'", "GeneratorLockTest.holdAndConsume")
                .contains("ReentrantLock.lockInterruptibly", "GeneratorLockTest.lockAndEmit");
    }

    private void consumeAndLock() throws InterruptedException {
        try (Generator<String> items = generator(this::lockAndEmit)) {
            assertThat(items.iterator().next()).isEqualTo("item");
            lockHere();
        }
    }

    private void lockHere() throws InterruptedException {
        lock.lockInterruptibly();
        lock.unlock();
    }

    @Test
    void aConsumerThatWantsItsBodysLockIsReportedWithBothStacks() {
        assertThat(whatIsSaidOf(this::consumeAndLock))
                .containsPattern("has been waiting for a lock for \\d+ ms in task 'consumer'")
                .containsPattern("the body of Generator-\\d+, in its emit")
                .contains("GeneratorLockTest.lockAndEmit", "GeneratorLockTest.lockHere");
    }

    @Test
    void inVirtualTimeTheRunFails() {
        Object monitor = new Object();
        TestLoop loop = new TestLoop(options -> options.withWatchdog(SOON).withCloseTimeout(SOON));
        assertThatThrownBy(() -> loop.run(() -> {
                    synchronized (monitor) {
                        for (String item : generator((Generator.Emitter<String> out) -> emitUnder(monitor, out))) {
                            assertThat(item).isEqualTo("never");
                        }
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("probable deadlock: every task waits, and no timer is pending:\ntask 'Task-")
                .hasMessageContaining("the consumer, task 'Task-")
                .hasMessageContaining("GeneratorLockTest.lambda$inVirtualTimeTheRunFails");
        assertThatThrownBy(loop::close).hasMessageContaining("closed before these cancelled tasks had ended");
    }

    private static void emitUnder(Object monitor, Generator.Emitter<String> out) {
        synchronized (monitor) {
            out.emit("item");
        }
    }

    @Test
    void aWaitForABodysLockIsReportedAndAgainAfterTwiceTheTime() {
        try (Log log = Log.capture()) {
            run(
                    () -> {
                        Task<?> task = createTask(this::holdAndConsume, "patient");
                        yieldNow();
                        BorderWaits waits = new BorderWaits(Loop.current());
                        waits.look(0, 0, 100);
                        waits.look(99, 0, 100);
                        // The whole process stood still for so long.
                        waits.look(1_099, 1_000, 100);
                        assertThat(log.text()).doesNotContain("patient");
                        waits.look(1_100, 0, 100);
                        waits.look(1_199, 0, 100);
                        assertThat(log.text().split("task 'patient' has been waiting"))
                                .hasSize(2);
                        waits.look(1_200, 0, 100);
                        assertThat(log.text().split("task 'patient' has been waiting"))
                                .hasSize(3);
                        task.cancel();
                        assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    },
                    options -> options.withWatchdog(Duration.ZERO));
        }
    }
}
