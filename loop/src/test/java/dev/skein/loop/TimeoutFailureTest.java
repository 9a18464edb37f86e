package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** A body that fails: what its failure tells of the deadline, and a body that is stopped inside the JDK. */
class TimeoutFailureTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_timeouts.foreign_exception_passed")
    void aFailureBeforeTheDeadlinePassesAsItIs() {
        IllegalArgumentException broken = new IllegalArgumentException("broken");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Throwable thrown = catchThrowable(() -> timeout(SECOND, timeout -> {
                    trail.add(timeout.expired());
                    fail(broken);
                }));
                assertThat(thrown).isSameAs(broken).hasNoCause().hasNoSuppressedExceptions();
                sleep(LONG);
            });
        }
        assertThat(trail.entries()).containsExactly("false");
    }

    private static void fail(RuntimeException with) {
        throw with;
    }

    @Test
    @PortOf("test_timeouts.timeout_exception_context")
    void theCauseIsTheCancellationJustAsTheBodyThrewIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                ArithmeticException before = new ArithmeticException("before");
                Throwable thrown = catchThrowable(() -> timeout(SECOND, timeout -> {
                    try {
                        sleep(LONG);
                    } catch (CancelledError e) {
                        e.addSuppressed(before);
                        throw e;
                    }
                }));
                assertThat(thrown).isInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
                assertThat(thrown.getCause()).isInstanceOf(CancelledError.class).hasNoCause();
                assertThat(thrown.getCause().getSuppressed()).containsExactly(before);
            });
        }
    }

    @Test
    @PortOf("test_timeouts.foreign_exception_on_timeout")
    void aFailureOfTheCleanUpStaysWhatItIsAndTellsOfTheDeadline() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                ArithmeticException broken = new ArithmeticException("broken");
                Throwable thrown = catchThrowable(() -> timeout(SECOND, timeout -> {
                    try {
                        sleep(LONG);
                    } finally {
                        fail(broken);
                    }
                }));
                assertThat(thrown).isSameAs(broken).hasNoCause();
                assertThat(thrown.getSuppressed()).hasOnlyElementsOfType(TimeoutException.class);
                assertThat(thrown.getSuppressed()).hasSize(1);
                assertThat(thrown.getSuppressed()[0]).hasMessage("timed out after 1 s, waiting on Asyncio.sleep");
                assertThat(thisTask().cancelling()).isZero();
                yieldNow();
            });
        }
    }

    @Test
    @PortOf("test_timeouts.foreign_exception_on_timeout_2")
    void aFailureKeepsTheCauseThatItHas() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                IllegalArgumentException key = new IllegalArgumentException("key");
                Throwable thrown = catchThrowable(() -> timeout(SECOND, timeout -> {
                    try {
                        sleep(LONG);
                    } catch (CancelledError cancelled) {
                        key.initCause(cancelled);
                        throw new IllegalStateException("broken", key);
                    }
                }));
                assertThat(thrown).isInstanceOf(IllegalStateException.class).hasCause(key);
                assertThat(key.getCause()).isInstanceOf(CancelledError.class);
                assertThat(key).hasNoSuppressedExceptions();
                assertThat(thrown.getSuppressed()).hasExactlyElementsOfTypes(TimeoutException.class);
            });
        }
    }

    @Test
    @PortOf("test_timeouts.timeout_taskgroup")
    void aGroupOfFailuresTellsOfTheDeadlineInEachOfItsMembersToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                ArithmeticException broken = new ArithmeticException("broken");
                Throwable thrown = catchThrowable(() -> timeout(SECOND, timeout -> {
                    taskGroup(group -> {
                        group.createTask(() -> {
                            try {
                                sleep(LONG);
                            } finally {
                                fail(broken);
                            }
                        });
                        sleep(LONG);
                    });
                }));
                assertThat(thrown).isInstanceOf(ExceptionGroup.class).hasNoCause();
                assertThat(((ExceptionGroup) thrown).members()).containsExactly(broken);
                assertThat(thrown.getSuppressed())
                        .hasExactlyElementsOfTypes(ArithmeticException.class, TimeoutException.class);
                assertThat(broken.getSuppressed()).hasExactlyElementsOfTypes(TimeoutException.class);
                assertThat(broken).hasNoCause();
                assertThat(thisTask().cancelling()).isZero();
            });
            assertThat(loop.elapsed()).isEqualTo(SECOND);
        }
    }

    @Test
    void aFailureWhileAnOutsideCancellationIsUnderWayTellsNothing() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                ArithmeticException broken = new ArithmeticException("broken");
                Throwable thrown = catchThrowable(() -> timeout(SECOND, timeout -> {
                    try {
                        sleep(LONG);
                    } finally {
                        thisTask().cancel();
                        fail(broken);
                    }
                }));
                assertThat(thrown).isSameAs(broken).hasNoSuppressedExceptions();
                assertThat(thisTask().cancelling()).isEqualTo(1);
                assertThatThrownBy(() -> yieldNow()).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    void aBodyStoppedInsideTheJdkTimesOutLikeAnyOther() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> timeout(Duration.ofMillis(1), timeout -> {
                            Thread.sleep(LONG.toMillis());
                        }))
                        .isInstanceOf(TimeoutException.class)
                        .cause()
                        .isInstanceOf(CancelledError.class)
                        .hasCauseInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                sleep(SECOND);
            });
        }
    }

    @Test
    void aBodyThatSwallowsTheInterruptLeavesTheTaskAbleToBeCancelled() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                timeout(Duration.ofMillis(1), timeout -> {
                    try {
                        Thread.sleep(LONG.toMillis());
                    } catch (InterruptedException e) {
                        trail.add("interrupted");
                    }
                });
                sleep(SECOND);
                thisTask().cancel();
                assertThatThrownBy(() -> sleep(SECOND)).isInstanceOf(CancelledError.class);
            });
        }
        assertThat(trail.entries()).containsExactly("interrupted");
    }

    @Test
    void anInterruptThatNobodyNoticedIsTakenBackWithTheRequest() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                ReentrantLock lock = new ReentrantLock();
                Task<?> holder = createTask(() -> {
                    lock.lock();
                    try {
                        sleep(Duration.ofMillis(5));
                    } finally {
                        lock.unlock();
                    }
                });
                yieldNow();
                timeout(Duration.ofMillis(1), timeout -> {
                    lock.lock();
                    try {
                        trail.add(timeout.expired());
                        trail.add(Thread.currentThread().isInterrupted());
                    } finally {
                        lock.unlock();
                    }
                });
                trail.add(Thread.currentThread().isInterrupted());
                trail.add(thisTask().cancelling());
                holder.await();
            });
        }
        assertThat(trail.entries()).containsExactly("true", "true", "false", "0");
    }
}
