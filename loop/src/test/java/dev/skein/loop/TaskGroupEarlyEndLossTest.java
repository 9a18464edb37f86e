package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.loop.testing.TestLoop;
import org.junit.jupiter.api.Test;

/** What an early end by {@code TaskGroup.cancel} must not swallow; some of it asyncio did, at first. */
class TaskGroupEarlyEndLossTest extends TaskGroupFixture {
    @Test
    void aFailureWhileItEndsIsThrown() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> taskGroup(group -> {
                            group.createTask(() -> {
                                try {
                                    sleep(LONG);
                                } finally {
                                    failsToCleanUp();
                                }
                            });
                            yieldNow();
                            group.cancel();
                        }))
                        .isInstanceOf(ExceptionGroup.class);
                assertThat(thisTask().cancelling()).isZero();
                yieldNow();
            });
        }
    }

    private static void failsToCleanUp() {
        throw new ArithmeticException("clean-up");
    }

    /** What was wrong in asyncio's first form of it (the review of python/cpython#127214). */
    @Test
    void aFailureOfTheBodyAfterAnEarlyEndIsNotLost() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                ExceptionGroup thrown = catchThrowableOfType(
                        ExceptionGroup.class,
                        () -> taskGroup((TaskGroup group) -> {
                            group.createTask(sleeper("task"));
                            yieldNow();
                            group.cancel();
                            assertThat(thisTask().cancelling()).isEqualTo(1);
                            throw new ArithmeticException("body");
                        }));
                assertThat(thrown.members()).hasExactlyElementsOfTypes(ArithmeticException.class);
                assertThat(thisTask().cancelling()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactly("task cancelled");
    }

    /** Cleans up for 500 ms when it is cancelled. */
    private void slowToEnd() {
        try {
            sleep(LONG);
        } finally {
            sleep(millis(500));
            trail.add("clean");
        }
    }

    /** python/cpython#155433. */
    @Test
    void aCancellationFromOutsideThatComesAfterItIsNotSwallowed() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = createTask(() -> {
                    taskGroup(group -> {
                        group.createTask(() -> slowToEnd());
                        yieldNow();
                        group.cancel();
                    });
                    trail.add("went on");
                });
                sleep(millis(10));
                runner.cancel("from outside");
                assertThatThrownBy(runner::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("from outside");
                assertThat(runner.cancelling()).isEqualTo(1);
            });
        }
        assertThat(trail.entries()).containsExactly("clean");
    }

    @Test
    void norIsOneThatComesAfterItHasEndedTheBody() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = createTask(() -> {
                    taskGroup(group -> {
                        group.createTask(() -> slowToEnd());
                        yieldNow();
                        group.cancel();
                        sleep(LONG);
                    });
                    trail.add("went on");
                });
                sleep(millis(10));
                runner.cancel("from outside");
                assertThatThrownBy(runner::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("from outside");
            });
        }
        assertThat(trail.entries()).containsExactly("clean");
    }

    @Test
    void norWhatTheBodyThrewBeforeTheCancellationFromOutside() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Task<?> runner = createTask(() -> {
                    assertThatThrownBy(() -> taskGroup((TaskGroup group) -> {
                                group.createTask(() -> slowToEnd());
                                yieldNow();
                                group.cancel();
                                throw new ArithmeticException("body");
                            }))
                            .isInstanceOf(ExceptionGroup.class);
                    trail.add("cancelling " + thisTask().cancelling());
                    yieldNow();
                    trail.add("went on");
                });
                sleep(millis(10));
                runner.cancel("from outside");
                assertThatThrownBy(runner::await).isInstanceOf(CancelledError.class);
            });
        }
        assertThat(trail.entries()).containsExactly("clean", "cancelling 1");
    }
}
