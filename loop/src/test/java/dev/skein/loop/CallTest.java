package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createFuture;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.sleepUntil;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.timeoutAt;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.withTimeoutAt;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What runs here and now throws what its body throws; what was started elsewhere, or has no type for it, wraps. */
class CallTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final IOException broken = new IOException("broken");
    private final Trail trail = new Trail();

    private String read() throws IOException {
        throw broken;
    }

    private void write() throws IOException {
        throw broken;
    }

    private static void inLoop(Action body) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(body);
            assertThat(loop.errors()).isEmpty();
        }
    }

    private static void inEagerLoop(Action body) {
        try (TestLoop loop = new TestLoop(LoopOptions::withEagerStart)) {
            loop.run(body);
            assertThat(loop.errors()).isEmpty();
        }
    }

    @Test
    void theExceptionOfABodyComesOutAsItIs() {
        Map<String, ThrowingCallable> words = new LinkedHashMap<>();
        words.put("await", () -> await(() -> read()));
        words.put("await, void", () -> await(() -> write()));
        words.put("waitFor", () -> waitFor(() -> read(), SECOND));
        words.put("waitFor, void", () -> waitFor(() -> write(), SECOND));
        words.put("toThread", () -> toThread(() -> read()));
        words.put("toThread, void", () -> toThread(() -> write()));
        words.put("timeout", () -> timeout(SECOND, () -> read()));
        words.put("timeout, void", () -> timeout(SECOND, () -> write()));
        words.put("timeout with a parameter", () -> timeout(SECOND, t -> write()));
        words.put("timeoutAt", () -> timeoutAt(Long.MAX_VALUE, () -> read()));
        words.put("timeoutAt, void", () -> timeoutAt(Long.MAX_VALUE, () -> write()));
        words.put("withTimeoutAt", () -> withTimeoutAt(Long.MAX_VALUE, t -> read()));
        inLoop(() ->
                words.forEach((word, call) -> assertThatThrownBy(call).as(word).isSameAs(broken)));
    }

    @Test
    void whatStartedElsewhereOrIsAnAwaitableWraps() {
        Awaitable<String> awaitable = this::read;
        Action action = this::write;
        Map<String, ThrowingCallable> words = new LinkedHashMap<>();
        words.put("await of a future", () -> await(failed()));
        words.put("await of a task", () -> await(createTask(() -> read())));
        words.put("await of an awaitable", () -> await(awaitable));
        words.put("await of an action", () -> await(action));
        words.put("waitFor of a future", () -> waitFor(failed(), SECOND));
        words.put("waitFor of a future, without time", () -> waitFor(failed(), Duration.ZERO));
        words.put("waitFor of a future by another name", () -> waitFor((Awaitable<String>) failed(), Duration.ZERO));
        words.put("waitFor of an awaitable", () -> waitFor(awaitable, SECOND));
        words.put("waitFor of an action", () -> waitFor(action, SECOND));
        words.put("timeout of a future", () -> timeout(SECOND, failed()));
        words.put("timeout of an awaitable", () -> timeout(SECOND, awaitable));
        inLoop(() -> words.forEach((word, call) -> assertThatThrownBy(call)
                .as(word)
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(broken)));
    }

    private Future<String> failed() {
        Future<String> future = createFuture();
        future.setException(broken);
        return future;
    }

    @Test
    void withoutTimeABodyThatStartsEagerlyThrowsWhatItThrows() {
        Awaitable<String> awaitable = this::read;
        inEagerLoop(() -> {
            assertThatThrownBy(() -> waitFor(() -> read(), Duration.ZERO)).isSameAs(broken);
            assertThatThrownBy(() -> waitFor(awaitable, Duration.ZERO))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCause(broken);
            String result = waitFor(() -> "result", Duration.ZERO);
            assertThat(result).isEqualTo("result");
        });
    }

    @Test
    void anErrorOfAnotherThreadComesOutAsItIs() {
        Error failure = new AssertionError("of another thread");
        inLoop(() -> assertThatThrownBy(() -> toThread(() -> {
                    throw failure;
                }))
                .isSameAs(failure));
    }

    @Test
    void aCancellationThatInterruptsABodyIsThrownAsOne() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        inLoop(() -> {
            Task<@Nullable Void> task = createTask(() -> {
                try {
                    await(() -> Thread.sleep(60_000));
                } catch (CancelledError cancelled) {
                    trail.add("cancelled");
                    throw cancelled;
                }
            });
            yieldNow();
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(trail.entries()).containsExactly("cancelled");
    }

    @Test
    void anInterruptByAStrangerIsTheExceptionOfTheBody() {
        Awaitable<String> awaitable = () -> {
            throw new InterruptedException();
        };
        inLoop(() -> {
            InterruptedException interrupt = new InterruptedException();
            assertThatThrownBy(() -> await(() -> {
                        throw interrupt;
                    }))
                    .isSameAs(interrupt);
            assertThatThrownBy(() -> await(awaitable))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
        });
    }

    @Test
    void aFutureIsNoWorkForAThread() {
        inLoop(() -> {
            Future<String> future = createFuture("Queue.get");
            assertThatThrownBy(() -> toThread(future))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("toThread() of a future, which needs a coroutine: await it: " + future);
        });
    }

    @Test
    void workWithoutAResultRunsInAnExecutor() {
        inLoop(() -> {
            Loop loop = Loop.current();
            assertThat(loop.runInExecutor(() -> trail.add("default")).await()).isNull();
            assertThat(loop.runInExecutor(Runnable::run, () -> trail.add("given"))
                            .await())
                    .isNull();
            assertThatThrownBy(() -> loop.runInExecutor(() -> write()).await())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCause(broken);
        });
        assertThat(trail.entries()).containsExactly("default", "given");
    }

    @Test
    void sleepUntilComesAtItsMomentOrLetsOthersHaveOneTurn() {
        inLoop(() -> {
            long begun = Loop.current().time();
            sleepUntil(begun + SECOND.toNanos());
            trail.add((Loop.current().time() - begun) / 1_000_000 + " ms");

            createTask(() -> {
                trail.add("one turn of another");
                yieldNow();
                trail.add("the next");
            });
            sleepUntil(begun);
            trail.add((Loop.current().time() - begun) / 1_000_000 + " ms");
            yieldNow();
        });
        assertThat(trail.entries()).containsExactly("1000 ms", "one turn of another", "1000 ms", "the next");
    }

    @Test
    void aGroupInTimeGivesItsResult() {
        inLoop(() -> {
            String result = timeout(
                    SECOND,
                    () -> withTaskGroup(group -> {
                        Task<String> task = group.createTask(() -> {
                            sleep(Duration.ofMillis(5));
                            return "result";
                        });
                        return await(task);
                    }));
            assertThat(result).isEqualTo("result");
        });
    }
}
