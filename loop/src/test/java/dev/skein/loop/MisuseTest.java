package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is called in the wrong place says where, and what to do instead. */
class MisuseTest {
    private static final String OUTSIDE =
            " outside a coroutine: start one with run(...) or createTask(...), and call it there";

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatIllegalStateException().isThrownBy(call).withMessage(message);
    }

    @Test
    void suspendingCallsAreRefusedInAPlainThread() {
        assertRefused(() -> await(CompletableFuture.completedFuture(1)), "await()" + OUTSIDE);
        assertRefused(() -> await(() -> 1), "await()" + OUTSIDE);
        assertRefused(() -> sleep(Duration.ofMillis(1)), "sleep()" + OUTSIDE);
        assertRefused(() -> sleep(Duration.ZERO), "yieldNow()" + OUTSIDE);
        assertRefused(() -> yieldNow(), "yieldNow()" + OUTSIDE);
        assertRefused(() -> toThread(() -> 1), "toThread()" + OUTSIDE);
    }

    @Test
    void suspendingCallsAreRefusedInACallback() {
        Throwable thrown = run(() -> {
            Future<Throwable> caught = Loop.current().createFuture();
            Loop.current().callSoon(() -> caught.setResult(catchThrowable(() -> yieldNow())));
            return await(caught);
        });

        assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessage("yieldNow()" + OUTSIDE);
    }

    @Test
    void callsThatNeedALoopAreRefusedInAPlainThread() {
        String noLoop = "no running loop: call this in a coroutine or callback of a loop, which run(...) starts";

        assertRefused(() -> createTask(() -> 1), noLoop);
        assertRefused(() -> currentTask(), noLoop);
        assertRefused(() -> Loop.current(), noLoop);
    }

    @Test
    void aLoopIsNotForForeignThreads() throws Exception {
        try (Loop loop = newEventLoop()) {
            Thread maker = Thread.currentThread();
            inAPlainThread(() -> assertThatThrownBy(loop::createFuture)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessage(
                            "called on %s, but this loop runs on %s, and while it is paused only %s, which created it, may use it:"
                                    + " use %s or %s",
                            Thread.currentThread(),
                            "a thread that has not started",
                            maker,
                            "callSoonThreadsafe",
                            "runCoroutineThreadsafe"));
            Thread own = loop.runUntilComplete(() -> {
                Future<Thread> thread = Loop.current().createFuture();
                Loop.current().callSoon(() -> thread.setResult(Thread.currentThread()));
                return await(thread);
            });
            inAPlainThread(() -> assertThatThrownBy(() -> loop.callSoon(() -> {}))
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContainingAll(Thread.currentThread().toString(), own.toString()));
        }
    }

    private static void inAPlainThread(Runnable body) throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        Thread thread = Thread.ofPlatform().start(() -> failure[0] = catchThrowable(body::run));
        assertThat(thread.join(Duration.ofMinutes(1))).isTrue();
        assertThat(failure[0]).isNull();
    }

    @Test
    void aClosedLoopSaysSo() {
        Loop loop = newEventLoop();
        loop.close();

        assertRefused(() -> loop.createFuture(), "loop is closed");
        assertRefused(() -> loop.callSoonThreadsafe(() -> {}), "loop is closed");
        assertRefused(() -> loop.runUntilComplete(() -> 1), "loop is closed");
        assertRefused(() -> runCoroutineThreadsafe(() -> 1, loop), "loop is closed");
    }

    @Test
    void runIsRefusedInACoroutineAndInACallback() {
        String inside = "cannot run a loop inside a coroutine or callback: await the awaitable, or createTask(...)";
        run(() -> {
            assertRefused(() -> run(() -> 1), inside);
            Future<Throwable> caught = Loop.current().createFuture();
            Loop.current().callSoon(() -> caught.setResult(catchThrowable(() -> run(() -> 1))));
            assertThat(await(caught)).hasMessage(inside);
            Loop own = Loop.current();
            assertRefused(() -> own.runUntilComplete(() -> 1), inside);
        });
    }

    @Test
    void aTaskThatAwaitsItselfIsRefusedAndGoesOn() {
        String end = run(() -> {
            Task<String> task = createTask(
                    () -> {
                        Task<?> me = currentTask();
                        assertThat(me).isNotNull();
                        assertThatThrownBy(() -> await(me))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageStartingWith("a task cannot await itself: Task[name=ouroboros, pending");
                        yieldNow();
                        return "went on";
                    },
                    "ouroboros");
            return await(task);
        });

        assertThat(end).isEqualTo("went on");
    }
}
