package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code run}: a loop for one main, from its first step until the loop is closed. */
class RunTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_runners.asyncio_run_return")
    void runReturnsWhatMainReturns() {
        int result = run(() -> {
            yieldNow();
            return 42;
        });
        assertThat(result).isEqualTo(42);
    }

    @Test
    @PortOf("test_runners.asyncio_run_raises")
    void runThrowsWhatMainThrows() {
        IOException gone = new IOException("gone");
        Exception odd = new Exception("odd");
        AssertionError error = new AssertionError("error");

        assertThatThrownBy(() -> run(throwing(new IllegalArgumentException("spam"))))
                .hasMessage("spam");
        assertThatThrownBy(() -> run(throwing(gone)))
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(gone);
        assertThatThrownBy(() -> run(throwing(odd)))
                .isInstanceOf(CompletionException.class)
                .hasCause(odd);
        assertThatThrownBy(() -> run(() -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    private static Action throwing(Exception failure) {
        return () -> {
            yieldNow();
            throw failure;
        };
    }

    @Test
    void aMainThatEndsCancelledThrowsCancelledError() {
        assertThatThrownBy(() -> run(() -> {
                    CurrentTask.thisTask().cancel("enough");
                    yieldNow();
                }))
                .isInstanceOf(CancelledError.class)
                .hasMessage("enough");
    }

    @Test
    @PortOf("test_runners.asyncio_run_from_running_loop")
    void insideACoroutineItIsRefused() {
        run(() -> {
            assertThatThrownBy(() -> run(() -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cannot run a loop inside a coroutine or callback: await the awaitable, or"
                            + " createTask(...)");
        });
    }

    @Test
    void insideACallbackItIsRefused() {
        run(() -> {
            Future<Throwable> refusal = Loop.current().createFuture();
            Loop.current().callSoon(() -> refusal.setResult(catchThrowable(() -> run(() -> 1))));
            assertThat(refusal.await())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("cannot run a loop inside a coroutine or callback");
        });
    }

    @Test
    void eachRunHasALoopOfItsOwnWhichIsClosedAfterwards() {
        Loop first = run(() -> Loop.current());
        Loop second = run(() -> {
            assertThat(Loop.current().isRunning()).isTrue();
            return Loop.current();
        });
        assertThat(first).isNotSameAs(second);
        assertThat(first.isClosed()).isTrue();
        assertThat(first.isRunning()).isFalse();
        assertThat(second.isClosed()).isTrue();
    }

    @Test
    @PortOf("test_runners.asyncio_run_cancels_hanging_tasks")
    void tasksThatAreLeftAreCancelledAndMainsResultIsKept() {
        List<Task<?>> left = new ArrayList<>();
        int result = run(() -> {
            left.add(createTask(() -> sleep(LONG)));
            left.add(createTask(() -> Loop.current().createFuture().await()));
            yieldNow();
            left.add(createTask(() -> trail.add("never")));
            return 123;
        });
        assertThat(result).isEqualTo(123);
        assertThat(left).allMatch(Task::isDone);
        assertThat(left.get(0).isCancelled()).isTrue();
        assertThat(left.get(1).isCancelled()).isTrue();
    }

    @Test
    void theirFinallyBlocksRunToTheEndAlsoWhereTheyAwait() {
        int result = run(() -> {
            createTask(() -> {
                try {
                    sleep(LONG);
                } finally {
                    trail.add("cleaning up");
                    sleep(Duration.ofMillis(5));
                    Task<String> helper = createTask(() -> {
                        yieldNow();
                        return "helper";
                    });
                    trail.add("clean, " + helper.await());
                }
            });
            yieldNow();
            return 123;
        });
        assertThat(result).isEqualTo(123);
        assertThat(trail.entries()).containsExactly("cleaning up", "clean, helper");
    }

    @Test
    @PortOf("test_runners.asyncio_run_reports_hanging_tasks_errors")
    void theirFailuresAreReportedOnceAndMainsResultIsKept() {
        int result = run(() -> {
            reportTo(trail);
            createTask(
                    () -> {
                        try {
                            sleep(LONG);
                        } finally {
                            failCleanup();
                        }
                    },
                    "leftover");
            yieldNow();
            return 123;
        });
        assertThat(result).isEqualTo(123);
        assertThat(trail.entries()).containsExactly("exception of Task 'leftover' during shutdown: no cleanup");
    }

    @Test
    void theirFailuresDoNotReplaceMainsOwn() {
        assertThatThrownBy(() -> run(() -> {
                    reportTo(trail);
                    createTask(() -> {
                        try {
                            sleep(LONG);
                        } finally {
                            failCleanup();
                        }
                    });
                    yieldNow();
                    throw new IllegalArgumentException("main's own");
                }))
                .hasMessage("main's own")
                .hasNoSuppressedExceptions();
        assertThat(trail.entries()).hasSize(1);
    }

    private static void failCleanup() {
        throw new IllegalStateException("no cleanup");
    }

    private static void reportTo(Trail trail) {
        Loop.current()
                .setExceptionHandler((loop, context) -> trail.add(context.message() + ": "
                        + context.exception().map(Throwable::getMessage).orElse("")));
    }

    @Test
    void aTaskThatWillNotEndIsReportedWhenTheCloseTimeoutIsOver() {
        run(
                () -> {
                    reportTo(trail);
                    createTask(
                            () -> {
                                while (true) {
                                    try {
                                        sleep(LONG);
                                    } catch (CancelledError refused) {
                                        trail.add("refused");
                                    }
                                }
                            },
                            "stubborn");
                    yieldNow();
                },
                options -> options.withCloseTimeout(Duration.ofMillis(20)));
        assertThat(trail.entries()).hasSize(2);
        assertThat(trail.entries().getFirst()).isEqualTo("refused");
        assertThat(trail.entries().getLast())
                .startsWith("the loop closed before these cancelled tasks had ended:\n  Task[name=stubborn,");
    }

    @Test
    void nullIsAResult() {
        Awaitable<@Nullable String> main = () -> null;
        assertThat(dev.skein.loop.Asyncio.<@Nullable String>run(main)).isNull();
    }

    @Test
    void anInterruptOfTheCallerCancelsMain() throws InterruptedException {
        Thread caller = Thread.currentThread();
        try {
            assertThatThrownBy(() -> run(() -> {
                        createTask(caller::interrupt);
                        try {
                            sleep(LONG);
                        } catch (CancelledError e) {
                            trail.add("main: " + e.getMessage());
                            throw e;
                        }
                    }))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("interrupted: main was cancelled and has ended")
                    .hasCauseInstanceOf(InterruptedException.class);
        } finally {
            trail.add("flag: " + Thread.interrupted());
        }
        assertThat(trail.entries())
                .containsExactly("main: the thread that runs the loop was interrupted", "flag: true");
    }

    @Test
    void aMainThatRefusesTheInterruptKeepsItsResult() throws InterruptedException {
        Thread caller = Thread.currentThread();
        String result;
        boolean flag;
        try {
            result = run(() -> {
                createTask(caller::interrupt);
                try {
                    sleep(LONG);
                    return "slept";
                } catch (CancelledError refused) {
                    return "refused";
                }
            });
        } finally {
            flag = Thread.interrupted();
        }
        assertThat(result).isEqualTo("refused");
        assertThat(flag).isTrue();
    }

    @Test
    void runCanBeCalledOnAVirtualThread() throws InterruptedException {
        Thread caller = Thread.ofVirtual()
                .start(() -> trail.add(run(() -> {
                    sleep(Duration.ofMillis(1));
                    return "ran";
                })));
        assertThat(caller.join(Await.LIMIT)).isTrue();
        assertThat(trail.entries()).containsExactly("ran");
    }
}
