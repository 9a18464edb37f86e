package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.CurrentTask.thisTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a request to cancel goes from a task to what it awaits, and how the error comes back. */
class CancellationChainTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.cancel_inner_future")
    void cancellingWhatATaskAwaitsCancelsTheTask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> task = createTask(future);
                yieldNow();
                future.cancel("the future's");

                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("the future's");
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancelling()).isZero();
            });
        }
    }

    @Test
    @PortOf("test_tasks.task_cancel_waiter_future")
    void cancellingATaskCancelsWhatItAwaits() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> task = createTask(future);
                yieldNow();
                task.cancel("the task's");

                assertThat(future.isCancelled()).isTrue();
                assertThat(task.isDone()).isFalse();
                assertThatThrownBy(task::await).hasMessage("the task's");
                assertThat(task.isCancelled()).isTrue();
            });
        }
    }

    @Test
    void aTaskThatAwaitsAGatherOfItselfIsWokenByTheRequest() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (boolean alone : new boolean[] {true, false}) {
                    CompletableFuture<Task<Object>> self = new CompletableFuture<>();
                    Future<Object> done = loop.createFuture();
                    done.setResult("done");
                    Task<Object> task = createTask(
                            () -> await(alone ? gather(List.of(self.join())) : gather(List.of(self.join(), done))));
                    self.complete(task);
                    yieldNow();
                    assertThat(task.cancel("enough")).isTrue();
                    loop.settle();
                    assertThat(task.isCancelled()).isTrue();
                }
            });
        }
    }

    /** One of a stranger's that cannot be cancelled. */
    private static CompletableFuture<String> refusing(RuntimeException refusal) {
        return new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                throw refusal;
            }
        };
    }

    @Test
    void aCancelThatThrowsIsRethrownAfterAllWereAsked() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RuntimeException first = new IllegalStateException("the first");
                RuntimeException second = new IllegalStateException("the second");
                List<Future<String>> all = List.of(
                        Future.from(refusing(first)),
                        Future.from(refusing(second)),
                        Future.from(refusing(first)),
                        loop.createFuture());
                Future<List<String>> gathered = gather(all);

                assertThatThrownBy(gathered::cancel).isSameAs(first);
                assertThat(first.getSuppressed()).containsExactly(second);
                assertThat(all).allMatch(Future::isCancelled);
                assertThatThrownBy(gathered::await).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    void aTaskIsCancelledThoughItsStageRefusesToBe() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RuntimeException refusal = new IllegalStateException("not me");
                Task<String> task = createTask(() -> await(refusing(refusal)));
                yieldNow();
                assertThatThrownBy(task::cancel).isSameAs(refusal);
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_both_task_and_inner_future")
    void cancellingBothIsLikeCancellingOne() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> task = createTask(future);
                yieldNow();
                future.cancel("the future's");
                task.cancel("the task's");

                assertThatThrownBy(task::await).hasMessage("the future's");
                assertThat(future.isCancelled()).isTrue();
                assertThat(task.isCancelled()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_awaited_task")
    void aTaskThatWasCancelledBeforeItAwaitsAnotherCancelsThatOne() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<String> nested = createTask(future);
                Task<String> task = createTask(() -> {
                    yieldNow();
                    thisTask().cancel();
                    return nested.await();
                });
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();
                assertThat(nested.isCancelled()).isTrue();
                assertThat(future.isCancelled()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_tasks.yield_future_passes_cancel")
    void cancelledErrorPassesThroughCallersUntilOneCatchesIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> waiter = loop.createFuture();
                Task<?> outer = createTask(() -> {
                    try {
                        awaitAndTell(waiter);
                        trail.add("past the await");
                    } catch (CancelledError e) {
                        trail.add("outer");
                    }
                });
                yieldNow();
                outer.cancel();
                outer.await();
                assertThat(waiter.isCancelled()).isTrue();
            });
        }
        assertThat(trail.entries()).containsExactly("inner", "outer");
    }

    private void awaitAndTell(Future<?> waiter) {
        try {
            waiter.await();
        } catch (CancelledError e) {
            trail.add("inner");
            throw e;
        }
    }

    @Test
    void aCancelGoesDownTheChainAndTheSameErrorComesBackUp() {
        Throwable[] seen = new Throwable[3];
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> inner = createTask(() -> seen[0] = rethrow(() -> sleep(LONG)));
                Task<?> middle = createTask(() -> seen[1] = rethrow(inner::await));
                Task<?> outer = createTask(() -> seen[2] = rethrow(middle::await));
                loop.settle();
                outer.cancel("why");
                Throwable last = catchThrowable(outer::await);

                assertThat(last).isInstanceOf(CancelledError.class).hasMessage("why");
                assertThat(inner.isCancelled() && middle.isCancelled() && outer.isCancelled())
                        .isTrue();
                assertThat(inner.cancelling() + middle.cancelling() + outer.cancelling())
                        .isEqualTo(3);
                trail.add(last == catchThrowable(inner::await));
            });
        }
        assertThat(trail.entries()).containsExactly("true");
    }

    private static Throwable rethrow(Action body) throws Exception {
        body.run();
        return new AssertionError("not cancelled");
    }

    @Test
    void aLambdaThatIsAwaitedIsCancelledWithItsCaller() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> await(() -> {
                    try {
                        sleep(LONG);
                        return "slept";
                    } catch (CancelledError e) {
                        trail.add("in the lambda: " + e.getMessage());
                        throw e;
                    }
                }));
                yieldNow();
                task.cancel("why");
                assertThatThrownBy(task::await).hasMessage("why");
            });
        }
        assertThat(trail.entries()).containsExactly("in the lambda: why");
    }

    @Test
    void theOuterTaskWaitsOnIfTheInnerRefusesAndCanCancelAgain() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> inner = createTask(() -> {
                    try {
                        sleep(LONG);
                    } catch (CancelledError refused) {
                        trail.add("refused " + refused.getMessage());
                    }
                    sleep(LONG);
                    return "never";
                });
                Task<String> outer = createTask(inner);
                loop.settle();
                outer.cancel("first");
                sleep(Duration.ofSeconds(1));
                trail.add(outer.isDone() + " " + outer.cancelling() + " " + inner.cancelling());
                outer.cancel("second");
                Throwable end = catchThrowable(outer::await);
                trail.add(end.getMessage() + " " + outer.cancelling() + " " + inner.cancelling());
            });
        }
        assertThat(trail.entries()).containsExactly("refused first", "false 1 1", "second 2 2");
    }

    @Test
    void whereTheInnerTaskRefusesAndReturnsTheOuterGetsItsResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> inner = createTask(() -> {
                    try {
                        sleep(LONG);
                        return "slept";
                    } catch (CancelledError refused) {
                        return "refused";
                    }
                });
                Task<String> outer = createTask(inner);
                loop.settle();
                outer.cancel();
                assertThat(outer.await()).isEqualTo("refused");
                assertThat(outer.isCancelled()).isFalse();
            });
        }
    }

    @Test
    void cancellingOneOfThoseWhoShareAFutureCancelsItForAll() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> shared = loop.createFuture();
                Task<String> one = createTask(shared);
                Task<String> two = createTask(shared);
                yieldNow();
                one.cancel("one");

                assertThat(shared.isCancelled()).isTrue();
                assertThatThrownBy(two::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("one");
                assertThat(two.isCancelled()).isTrue();
                assertThat(two.cancelling()).isZero();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancellation_exception_context")
    void aCaughtCancelledErrorCanBeTheCauseOfAnotherFailure() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> inner = createTask(() -> sleep(LONG));
                Task<?> outer = createTask(() -> {
                    yieldNow();
                    loop.callSoon(() -> inner.cancel("msg"));
                    try {
                        inner.await();
                    } catch (CancelledError e) {
                        throw new IllegalArgumentException("was cancelled", e);
                    }
                });
                assertThatThrownBy(outer::await)
                        .hasMessage("was cancelled")
                        .cause()
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("msg");
                assertThat(outer.isCancelled()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_with_message_then_future_result")
    @PortOf("test_tasks.cancel_with_message_then_future_exception")
    void theMessageIsThereForWhoeverAsksLater() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (@Nullable String message : new @Nullable String[] {null, "my message"}) {
                    Task<?> task = createTask(() -> sleep(LONG));
                    yieldNow();
                    task.cancel(message);
                    yieldNow();
                    assertThatThrownBy(task::result)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage(message);
                    assertThatThrownBy(task::exception)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage(message);
                }
            });
        }
    }

    @Test
    void aTaskThatIsStoppedInTheJdkIsInterruptedAndToldOnceAndWhy() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    try {
                        await(() -> {
                            Thread.sleep(60_000);
                            return "slept";
                        });
                    } catch (CancelledError e) {
                        trail.add(e.getMessage() + " " + Thread.currentThread().isInterrupted());
                    }
                    yieldNow();
                    trail.add("goes on");
                });
                yieldNow();
                task.cancel("why");
                task.await();
            });
        }
        assertThat(trail.entries()).containsExactly("why false", "goes on");
    }
}
