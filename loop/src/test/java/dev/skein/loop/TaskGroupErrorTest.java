package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which failures a group throws: those of its body too, Errors, and bare what is fatal. */
class TaskGroupErrorTest extends TaskGroupFixture {
    private static Action insteadOfItsCancellation(Throwable thrown) {
        return () -> {
            try {
                sleep(LONG);
            } finally {
                throwUnchecked(thrown);
            }
        };
    }

    @SuppressWarnings("unchecked") // any throwable, as if it were unchecked
    private static <X extends Throwable> void throwUnchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_19")
    void theBodysOwnFailureComesAfterThoseOfTheTasks() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        group.createTask(fail(100));
                        insteadOfItsCancellation(new IOException("body")).run();
                    }),
                    ArithmeticException.class,
                    IOException.class));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_20")
    void aFatalErrorOfTheBodyIsThrownBareAndTheOthersAreReported() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Error fatal = new OutOfMemoryError("for the test");
                assertThatThrownBy(() -> taskGroup(group -> {
                            group.createTask(fail(100));
                            insteadOfItsCancellation(fatal).run();
                        }))
                        .isSameAs(fatal);
                assertThat(thisTask().cancelling()).isZero();
            });
            assertThat(loop.errors()).singleElement().satisfies(reported -> {
                assertThat(reported.message())
                        .isEqualTo("a failure in a TaskGroup that could not be thrown with the others");
                assertThat(reported.exception()).get().isInstanceOf(ArithmeticException.class);
            });
        }
    }

    @Test
    void aFatalErrorOfATaskIsThrownBareOnceAllHaveEnded() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Error fatal = new OutOfMemoryError("for the test");
                assertThatThrownBy(() -> taskGroup(group -> {
                            group.createTask(sleeper("other"));
                            group.createTask(() -> throwUnchecked(fatal));
                        }))
                        .isSameAs(fatal);
            });
        }
        assertThat(trail.entries()).containsExactly("other cancelled");
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_20a")
    void anErrorOfTheBodyIsAMember() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        group.createTask(fail(100));
                        insteadOfItsCancellation(new AssertionError("body")).run();
                    }),
                    ArithmeticException.class,
                    AssertionError.class));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_21a")
    void anErrorOfATaskIsAMember() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> assertThrowsGroup(
                    () -> taskGroup(group -> {
                        group.createTask(() -> {
                            sleep(millis(100));
                            throw new AssertionError("task");
                        });
                        insteadOfItsCancellation(new ClassCastException("body")).run();
                    }),
                    AssertionError.class,
                    ClassCastException.class));
        }
    }

    @Test
    @PortOf("test_taskgroups.taskgroup_context_manager_exit_raises")
    void aResourceThatFailsToCloseIsOneMoreMember() {
        AutoCloseable database = () -> {
            throw new IOException("not closed");
        };
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                assertThrowsGroup(
                        () -> taskGroup(group -> {
                            try (AutoCloseable open = database) {
                                group.createTask(() -> {
                                    throw new IllegalArgumentException("task");
                                });
                                sleeper(open.getClass().isHidden() + "").run();
                            } catch (CancelledError e) {
                                throw (Exception) e.getSuppressed()[0];
                            }
                        }),
                        IllegalArgumentException.class,
                        IOException.class);
                assertThat(thisTask().cancelling()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactly("true cancelled");
    }

    @Test
    void aFailureThatTheBodySawAsAnAwaiterIsThereOnceAndAsItWas() {
        IOException failure = new IOException("disk");
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                ExceptionGroup thrown = assertThrowsGroup(
                        () -> taskGroup(group -> {
                            group.createTask(() -> {
                                        yieldNow();
                                        throw failure;
                                    })
                                    .await();
                        }),
                        IOException.class);
                assertThat(thrown.members()).containsExactly(failure);
            });
        }
    }

    /** Awaits a future of a stranger that cannot be cancelled. When it is cancelled all the same, it takes its time to end. */
    private Action awaitsOneThatRefuses(RuntimeException refusal) {
        CompletableFuture<String> refusing = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                throw refusal;
            }
        };
        return () -> {
            try {
                await(refusing);
            } finally {
                sleep(millis(100));
                trail.add("ended");
            }
        };
    }

    @Test
    void aTasksCancelThatThrowsIsAMemberOfTheGroupToo() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                RuntimeException refusal = new IllegalStateException("not me");
                assertThrowsGroup(
                        () -> taskGroup(group -> {
                            group.createTask(awaitsOneThatRefuses(refusal));
                            group.createTask(sleeper("other"));
                            group.createTask(fail(100));
                            sleeper("body").run();
                        }),
                        ArithmeticException.class,
                        IllegalStateException.class);
                assertThat(thisTask().cancelling()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactlyInAnyOrder("other cancelled", "body cancelled", "ended");
    }

    @Test
    void aBodyThatFailsWaitsForItsTasksEvenIfTheCodeOfAStrangerThrows() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                RuntimeException refusal = new IllegalStateException("not me");
                assertThrowsGroup(
                        () -> taskGroup(group -> {
                            group.createTask(awaitsOneThatRefuses(refusal));
                            yieldNow();
                            throwUnchecked(new IOException("body"));
                        }),
                        IllegalStateException.class,
                        IOException.class);
                trail.add("over");
            });
        }
        assertThat(trail.entries()).containsExactly("ended", "over");
    }

    /** The gather cannot be cancelled any more, which both hear. */
    @Test
    void twoTasksThatAwaitAGatherWhoseChildrenAreDoneAreBothCancelled() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Future<String> child = loop.createFuture();
                Future<List<String>> gathered = gather(List.of(child));
                taskGroup(group -> {
                    for (String name : List.of("a", "b")) {
                        group.createTask(() -> {
                            try {
                                gathered.await();
                                sleep(LONG);
                                trail.add(name + " slept");
                            } catch (CancelledError e) {
                                trail.add(name + " cancelled");
                                throw e;
                            }
                        });
                    }
                    yieldNow();
                    yieldNow();
                    child.setResult("done");
                    group.cancel();
                });
            });
        }
        assertThat(trail.entries()).containsExactly("a cancelled", "b cancelled");
    }
}
