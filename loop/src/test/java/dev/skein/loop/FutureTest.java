package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A future by itself: its three states, what may be asked in each, and how it crosses an await. */
class FutureTest {
    @Test
    @PortOf("test_futures.initial_state")
    void aNewFutureIsPending() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();

                assertThat(future.isDone()).isFalse();
                assertThat(future.isCancelled()).isFalse();
                assertThat(future.loop()).isSameAs(loop.loop());
                assertThat(future).hasToString("Future[pending]");
                future.cancel();
                assertThat(future.isCancelled()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_futures.result")
    void aResultIsSetOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();
                future.setResult(42);

                assertThat(future.isDone()).isTrue();
                assertThat(future.isCancelled()).isFalse();
                assertThat(future.result()).isEqualTo(42);
                assertThat(future.exception()).isNull();
                assertThatThrownBy(() -> future.setResult(43))
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessage("already done: Future[result=42]");
                assertThatThrownBy(() -> future.setException(new RuntimeException("late")))
                        .isInstanceOf(InvalidStateException.class);
                assertThat(future.cancel()).isFalse();
                assertThat(future.result()).isEqualTo(42);
            });
        }
    }

    @Test
    @PortOf("test_futures.exception")
    void anExceptionIsSetOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();
                RuntimeException failure = new RuntimeException("no");
                future.setException(failure);

                assertThat(future.isDone()).isTrue();
                assertThat(future.isCancelled()).isFalse();
                assertThat(future.exception()).isSameAs(failure);
                assertThatThrownBy(future::result).isSameAs(failure);
                assertThatThrownBy(() -> future.setResult(1)).isInstanceOf(InvalidStateException.class);
                assertThatThrownBy(() -> future.setException(failure)).isInstanceOf(InvalidStateException.class);
                assertThat(future.cancel()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_futures.cancel")
    void aCancelledFutureIsDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();

                assertThat(future.cancel()).isTrue();
                assertThat(future.isCancelled()).isTrue();
                assertThat(future.isDone()).isTrue();
                assertThatThrownBy(future::result).isInstanceOf(CancelledError.class);
                assertThatThrownBy(future::exception).isInstanceOf(CancelledError.class);
                assertThatThrownBy(future::await).isInstanceOf(CancelledError.class);
                assertThatThrownBy(() -> future.setResult(1)).isInstanceOf(InvalidStateException.class);
                assertThatThrownBy(() -> future.setException(new RuntimeException("late")))
                        .isInstanceOf(InvalidStateException.class);
                assertThat(future.cancel()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_futures.future_cancel_message_getter")
    void theMessageOfACancellationReachesWhoeverAsks() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();
                future.cancel("my message");

                assertThat(future.cancel("too late")).isFalse();
                assertThatThrownBy(future::result)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("my message");
                assertThatThrownBy(future::exception).hasMessage("my message");
                assertThatThrownBy(future::await).hasMessage("my message");

                Future<Integer> silent = loop.createFuture();
                silent.cancel();
                assertThatThrownBy(silent::result).hasMessage(null);
            });
        }
    }

    @Test
    @PortOf("test_futures.result")
    @PortOf("test_futures.exception")
    void readingTooEarlyIsRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();

                assertThatThrownBy(future::result)
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessage("result of a future that is not done: await it first: Future[pending]");
                assertThatThrownBy(future::exception)
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessage("exception of a future that is not done: await it first: Future[pending]");
            });
        }
    }

    @Test
    @PortOf("test_futures.yield_from_twice")
    void aSecondAwaitGivesTheSameResultAtOnce() {
        Trail trail = new Trail();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> future = loop.createFuture();
                loop.callSoon(() -> future.setResult(42));
                trail.add("A");
                trail.add("B" + future.await());
                loop.callSoon(() -> trail.add("a round later"));
                trail.add("C" + await(future));
            });
        }
        assertThat(trail.entries()).containsExactly("A", "B42", "C42", "a round later");
    }

    @Test
    void nullIsAResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<@Nullable String> future = loop.createFuture();
                future.setResult(null);

                assertThat(future.isDone()).isTrue();
                assertThat(future.await()).isNull();
                assertThat(future).hasToString("Future[result=null]");
            });
        }
    }

    @Test
    @PortOf("test_futures.future_repr")
    void toStringShowsTheStateAndHowManyWait() {
        Trail trail = new Trail();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.addDoneCallback(done -> trail.add("done"));
                trail.add(future);
                createTask(future);
                Task<String> waiting = createTask(future);
                yieldNow();
                trail.add(future);
                future.setResult("x");
                trail.add(future);
                waiting.await();

                Future<String> failed = loop.createFuture();
                failed.setException(new IOException("gone"));
                failed.exception();
                trail.add(failed);

                Future<String> cancelled = loop.createFuture();
                cancelled.cancel();
                trail.add(cancelled);

                Future<String> many = loop.createFuture();
                for (int i = 0; i < 10; i++) {
                    many.addDoneCallback(done -> {});
                }
                trail.add(many);
                many.cancel();
                trail.add(many);
            });
        }
        assertThat(trail.entries())
                .containsExactly(
                        "Future[pending, waiters=1]",
                        "Future[pending, waiters=3]",
                        "Future[result=x]",
                        "done",
                        "Future[exception=java.io.IOException: gone]",
                        "Future[cancelled]",
                        "Future[pending, waiters=10]",
                        "Future[cancelled]");
    }

    @Test
    void uncheckedExceptionsCrossAnAwaitAsTheyAre() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> runtime = loop.createFuture();
                runtime.setException(new IllegalArgumentException("runtime"));
                Future<String> error = loop.createFuture();
                error.setException(new AssertionError("error"));

                assertThatThrownBy(runtime::await).isSameAs(runtime.exception());
                assertThatThrownBy(error::await).isSameAs(error.exception());
            });
        }
    }

    @Test
    void checkedExceptionsCrossAnAwaitWrapped() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                IOException gone = new IOException("gone");
                Future<String> io = loop.createFuture();
                io.setException(gone);
                Exception odd = new Exception("odd");
                Future<String> checked = loop.createFuture();
                checked.setException(odd);

                assertThatThrownBy(io::await)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasCause(gone);
                assertThatThrownBy(io::result)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasCause(gone);
                assertThat(io.exception()).isSameAs(gone);
                assertThatThrownBy(checked::await)
                        .isInstanceOf(CompletionException.class)
                        .hasCause(odd);
                assertThat(checked.exception()).isSameAs(odd);
            });
        }
    }

    @Test
    void allWhoWaitGetTheResultInTheOrderInWhichTheyCame() {
        Trail trail = new Trail();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Future<?> all = gather(
                        () -> trail.add("first " + future.await()),
                        () -> trail.add("second " + future.await()),
                        () -> trail.add("third " + future.await()));
                sleep(Duration.ofSeconds(1));
                trail.add("set");
                future.setResult("x");
                all.await();
            });
        }
        assertThat(trail.entries()).containsExactly("set", "first x", "second x", "third x");
    }

    @Test
    @PortOf("test_tasks.other_loop_future")
    void awaitingAFutureOfAnotherLoopIsRefused() {
        try (TestLoop other = new TestLoop();
                TestLoop loop = new TestLoop()) {
            Future<String> foreign = other.run(() -> other.createFuture());
            loop.run(() -> {
                assertThatThrownBy(foreign::await)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("belongs to another loop");
                sleep(Duration.ofSeconds(1));
            });
        }
    }

    @Test
    void awaitInACallbackSaysWhereItBelongs() {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                loop.callSoon(() -> {
                    try {
                        future.await();
                    } catch (IllegalStateException e) {
                        refusal.set(e);
                    }
                });
                yieldNow();
            });
        }
        assertThat(refusal.get())
                .hasMessage(
                        "await() outside a coroutine: start one with run(...) or createTask(...), and call it there");
    }

    @Test
    void onceTheLoopIsClosedAnyThreadMayReadButNobodyMayWrite() {
        Loop loop = newEventLoop();
        record Two(Future<String> done, Future<String> pending) {}
        Two two = loop.runUntilComplete(() -> {
            Future<String> done = loop.createFuture();
            done.setResult("kept");
            return new Two(done, loop.createFuture());
        });
        loop.close();

        assertThat(two.done().isDone()).isTrue();
        assertThat(two.done().result()).isEqualTo("kept");
        assertThat(two.pending().isDone()).isFalse();
        assertThatThrownBy(() -> two.pending().setResult("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("loop is closed");
        assertThatThrownBy(() -> two.pending().addDoneCallback(done -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("loop is closed");
    }
}
