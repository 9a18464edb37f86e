package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Groups where Java differs from Python: bodies that block in the JDK, that cannot be suspended, and what stays in memory. */
class TaskGroupEdgeTest extends TaskGroupFixture {
    /** As in asyncio: the group wraps whatever its body throws but a cancellation. */
    @Test
    void closingAGeneratorInsideAGroupThrowsTheExitInAGroup() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Generator<String> items = generator(out -> taskGroup(group -> {
                    group.createTask(() -> {
                        try {
                            sleep(LONG);
                        } finally {
                            trail.add("task ends");
                        }
                    });
                    yieldNow();
                    out.emit("item");
                }));
                assertThat(items.iterator().next()).isEqualTo("item");
                ExceptionGroup thrown = catchThrowableOfType(ExceptionGroup.class, items::close);
                assertThat(thrown.members()).hasExactlyElementsOfTypes(GeneratorExit.class);
                trail.add("closed");
            });
        }
        assertThat(trail.entries()).containsExactly("task ends", "closed");
    }

    @Test
    void aBodyThatBlocksInTheJdkIsInterruptedWhichIsNoFailureOfItsOwn() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        run(() -> {
            ExceptionGroup thrown = catchThrowableOfType(
                    ExceptionGroup.class,
                    () -> taskGroup(group -> {
                        group.createTask(fail(1));
                        Thread.sleep(60_000);
                    }));
            assertThat(thrown.members()).hasExactlyElementsOfTypes(ArithmeticException.class);
            assertThat(thisTask().cancelling()).isZero();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.sleep(1);
        });
    }

    @Test
    void aBodyThatFailsBecauseOfTheInterruptHasNotFailed() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        run(() -> {
            ExceptionGroup thrown = catchThrowableOfType(
                    ExceptionGroup.class,
                    () -> taskGroup(group -> {
                        group.createTask(fail(1));
                        try {
                            Thread.sleep(60_000);
                        } catch (InterruptedException e) {
                            // As a socket does whose reader is interrupted.
                            Thread.currentThread().interrupt();
                            throw new java.net.SocketException("closed by interrupt");
                        }
                    }));
            assertThat(thrown.members()).hasExactlyElementsOfTypes(ArithmeticException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void aTaskWhoseInterruptWasTakenBackCanBeCancelledAgain() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        run(() -> {
            Task<?> task = createTask(() -> {
                assertThat(catchThrowable(() -> Thread.sleep(60_000))).isInstanceOf(InterruptedException.class);
                thisTask().uncancel();
                trail.add("took it back");
                thisTask().cancel();
                sleep(LONG);
                trail.add("slept");
            });
            yieldNow();
            task.cancel();
            assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
        });
        assertThat(trail.entries()).containsExactly("took it back");
    }

    /** Opens a group where no thread can be suspended. */
    private static final class GroupInItsInitialiser {
        static {
            taskGroup(group -> {
                group.createTask(() -> sleep(LONG));
            });
        }

        static void touch() {}
    }

    @Test
    void whereItsCallerCannotWaitItsTasksAreCancelled() {
        RuntimeMode.assume("an await in a class initialiser waits, and holds a carrier of the JDK's pool");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Throwable thrown = catchThrowable(GroupInItsInitialiser::touch);
                assertThat(thrown.getCause())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("await in a class initialiser");
                yieldNow();
                assertThat(loop.loop().allTasks()).hasSize(1);
            });
        }
    }

    private static void failNow() {
        throw new ArithmeticException("body");
    }

    /** Fails, and its group cannot wait for the task that is left. */
    private static final class FailingGroupInItsInitialiser {
        static {
            taskGroup(group -> {
                group.createTask(() -> sleep(LONG));
                failNow();
            });
        }

        static void touch() {}
    }

    @Test
    void whereItsCallerCannotWaitWhatTheBodyThrewIsToldBeside() {
        RuntimeMode.assume("an await in a class initialiser waits, and holds a carrier of the JDK's pool");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThat(catchThrowable(FailingGroupInItsInitialiser::touch))
                    .cause()
                    .extracting(Throwable::getSuppressed, InstanceOfAssertFactories.ARRAY)
                    .singleElement()
                    .isInstanceOf(ArithmeticException.class));
        }
    }

    @Test
    void oneThatIsFinishedTakesNoTaskInAnyWay() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                TaskGroup over = withTaskGroup(group -> group);
                Awaitable<Integer> body = () -> {
                    trail.add("ran");
                    return 1;
                };
                for (Runnable creation : List.<Runnable>of(
                        () -> over.createTask(body),
                        () -> over.createTask(body, "name"),
                        () -> over.createTask(body, options -> options.withName("name")))) {
                    assertThatThrownBy(creation::run)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("is finished");
                }
                yieldNow();
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    private static void assertCollected(WeakReference<?> reference) {
        for (int i = 0; i < 100 && reference.get() != null; i++) {
            System.gc();
        }
        assertThat(reference.get()).isNull();
    }

    private static WeakReference<Throwable> thrownBy(TaskGroup.VoidBody body, List<TaskGroup> kept) {
        return new WeakReference<>(catchThrowable(() -> taskGroup((TaskGroup group) -> {
            kept.add(group);
            body.run(group);
        })));
    }

    /**
     * Holds that whoever keeps a group does not keep what {@code thrown} gives. Asked when the loop's thread has ended: the
     * JVM's own frames there can hold on to an exception for a while.
     */
    private static void assertNotKept(Function<List<TaskGroup>, WeakReference<Throwable>> thrown) {
        List<TaskGroup> kept = new ArrayList<>();
        WeakReference<Throwable> reference;
        try (TestLoop loop = new TestLoop()) {
            reference = loop.run(() -> thrown.apply(kept));
        }
        assertCollected(reference);
        assertThat(kept).hasSize(1);
    }

    @Test
    @PortOf("test_taskgroups.exception_refcycles_direct")
    void aGroupDoesNotKeepWhatItThrew() {
        assertNotKept(kept -> thrownBy(
                group -> {
                    throw new ArithmeticException("body");
                },
                kept));
    }

    @Test
    @PortOf("test_taskgroups.exception_refcycles_errors")
    void norTheMembersOfThat() {
        assertNotKept(kept -> {
            List<WeakReference<Throwable>> failures = new ArrayList<>();
            thrownBy(group -> throwRemembered(new ArithmeticException("body"), failures), kept);
            return failures.getFirst();
        });
    }

    @Test
    @PortOf("test_taskgroups.exception_refcycles_base_error")
    void norAFatalError() {
        assertNotKept(kept -> thrownBy(
                group -> {
                    throw new InternalError("for the test");
                },
                kept));
    }

    @Test
    @PortOf("test_taskgroups.exception_refcycles_propagate_cancellation_error")
    void norTheCancellationThatPassedThroughIt() {
        assertNotKept(kept -> {
            thisTask().cancel();
            WeakReference<Throwable> cancellation = thrownBy(group -> sleep(LONG), kept);
            thisTask().uncancel();
            return cancellation;
        });
    }

    private static <X extends Throwable> void throwRemembered(X failure, List<WeakReference<Throwable>> failures)
            throws X {
        failures.add(new WeakReference<>(failure));
        throw failure;
    }
}
