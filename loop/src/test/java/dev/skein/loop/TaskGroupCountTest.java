package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import org.junit.jupiter.api.Test;

/** The requests to cancel that a group makes of its caller stay in the group; those from outside do not get lost in it. */
class TaskGroupCountTest extends TaskGroupFixture {
    @Test
    @PortOf("test_taskgroups.cancelling_level_preserved")
    @PortOf("test_taskgroups.cancellation_does_not_leak_out_of_tg")
    void theRequestThatItMadeItselfIsTakenBack() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> taskGroup(group -> {
                            group.createTask(fail(0));
                        }))
                        .isInstanceOf(ExceptionGroup.class);
                assertThat(thisTask().cancelling()).isZero();
                yieldNow();

                assertThatThrownBy(() -> taskGroup((TaskGroup group) -> {
                            group.createTask((Action) () -> {
                                throw new ArithmeticException("at once");
                            });
                        }))
                        .isInstanceOf(ExceptionGroup.class);
                yieldNow();
                trail.add(thisTask().cancelling());
            });
        }
        assertThat(trail.entries()).containsExactly("0");
    }

    @Test
    void aGroupTakesBackItsRequestEvenIfTheBodySwallowedIt() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> taskGroup(group -> {
                            group.createTask(fail(1));
                            try {
                                sleep(LONG);
                            } catch (CancelledError swallowed) {
                                trail.add("swallowed");
                            }
                            sleep(millis(1));
                        }))
                        .isInstanceOf(ExceptionGroup.class);
                trail.add(thisTask().cancelling());
                sleep(millis(1));
            });
        }
        assertThat(trail.entries()).containsExactly("swallowed", "0");
    }

    @Test
    @PortOf("test_taskgroups.nested_groups_both_cancelled")
    void anInnerGroupDoesNotTakeBackTheRequestOfTheOuterOne() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                ExceptionGroup thrown = catchThrowableOfType(
                        ExceptionGroup.class,
                        () -> taskGroup(outer -> {
                            ExceptionGroup inner = catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () -> taskGroup(group -> {
                                        group.createTask(fail(0));
                                        outer.createTask(() -> {
                                            yieldNow();
                                            throw new IllegalArgumentException("outer");
                                        });
                                    }));
                            assertThat(inner.members()).hasExactlyElementsOfTypes(ArithmeticException.class);
                            trail.add(thisTask().cancelling());
                        }));
                assertThat(thrown.members()).hasExactlyElementsOfTypes(IllegalArgumentException.class);
                trail.add(thisTask().cancelling());
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("1", "0");
    }

    @Test
    @PortOf("test_taskgroups.error_and_cancel")
    void aFailureBeatsACancellationWhichTheNextAwaitThrows() {
        try (TestLoop loop = newLoop()) {
            loop.run(() -> {
                Future<String> began = loop.createFuture();
                Task<?> inner = createTask(() -> {
                    assertThatThrownBy(() -> taskGroup(group -> {
                                group.createTask(() -> {
                                    began.setResult("began");
                                    yieldNow();
                                    throw new ArithmeticException("task");
                                });
                                sleep(LONG);
                                trail.add("slept in the group");
                            }))
                            .isInstanceOf(ExceptionGroup.class);
                    trail.add("cancelling " + thisTask().cancelling());
                    sleep(LONG);
                    trail.add("slept after the group");
                });
                began.await();
                assertThat(inner.cancelling()).isZero();
                inner.cancel();
                assertThat(inner.cancelling()).isEqualTo(1);
                assertThatThrownBy(inner::await).isInstanceOf(CancelledError.class);
                assertThat(inner.isCancelled()).isTrue();
            });
        }
        assertThat(trail.entries()).containsExactly("cancelling 1");
    }
}
