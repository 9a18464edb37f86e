package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.withTimeout;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What belongs to a loop refuses every thread but the loop's, and says which two they were. */
class WrongThreadTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    @PortOf("test_base_events.check_thread")
    void everyMethodThatIsForTheLoopOnlyRefusesAForeignThread() {
        try (TestLoop loop = new TestLoop()) {
            Map<String, ThrowingCallable> uses = loop.run(() -> loopOnly(loop.loop()));
            Thread maker = Thread.currentThread();
            inAPlainThread(() -> uses.forEach((name, use) -> assertThat(catchThrowable(use))
                    .as(name)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("called on " + Thread.currentThread() + ", but this loop runs on ")
                    .hasMessageContaining(VirtualThreads.areMounted() ? "VirtualThread[" : "Thread[")
                    .hasMessageContaining("skein-loop-")
                    .hasMessageContaining(", and while it is paused only " + maker + ", which created it, may use it: ")
                    .hasMessageEndingWith("use callSoonThreadsafe or runCoroutineThreadsafe")));
        }
    }

    private static void inAPlainThread(Runnable body) {
        CompletableFuture.runAsync(body, Thread.ofPlatform()::start)
                .orTimeout(1, TimeUnit.MINUTES)
                .join();
    }

    private static Map<String, ThrowingCallable> loopOnly(Loop loop) {
        Future<String> future = loop.createFuture();
        Task<?> task = createTask(() -> sleep(LONG));
        Handle handle = loop.callSoon(() -> {});
        TimerHandle timer = loop.callLater(LONG, () -> {});
        Map<String, ThrowingCallable> uses = new LinkedHashMap<>();
        uses.put("callSoon", () -> loop.callSoon(() -> {}));
        uses.put("callLater", () -> loop.callLater(LONG, () -> {}));
        uses.put("callAt", () -> loop.callAt(0, () -> {}));
        uses.put("callWhenIdle", () -> loop.callWhenIdle(() -> {}));
        uses.put("callAtPassEnd", () -> loop.callAtPassEnd(() -> {}));
        uses.put("createFuture", loop::createFuture);
        uses.put("createFuture with a name", () -> loop.createFuture("name"));
        uses.put("createTask", () -> loop.createTask(() -> {}));
        uses.put("createTask with a name", () -> loop.createTask(() -> 1, "name"));
        uses.put("allTasks", loop::allTasks);
        uses.put("runInExecutor", () -> loop.runInExecutor(Runnable::run, () -> 1));
        uses.put("setDefaultExecutor", () -> loop.setDefaultExecutor(Runnable::run));
        uses.put("onTaskCreated", () -> loop.onTaskCreated(each -> {}));
        uses.put("addSignalHandler", () -> loop.addSignalHandler("WINCH", () -> {}));
        uses.put("removeSignalHandler", () -> loop.removeSignalHandler("WINCH"));
        uses.put("setDebug", () -> loop.setDebug(false));
        uses.put("setSlowCallbackDuration", () -> loop.setSlowCallbackDuration(LONG));
        uses.put("setExceptionHandler", () -> loop.setExceptionHandler((of, context) -> {}));
        uses.put("isDone", future::isDone);
        uses.put("isCancelled", future::isCancelled);
        uses.put("result", future::result);
        uses.put("exception", future::exception);
        uses.put("setResult", () -> future.setResult("x"));
        uses.put("setException", () -> future.setException(new RuntimeException("x")));
        uses.put("cancel a future", future::cancel);
        uses.put("addDoneCallback", () -> future.addDoneCallback(done -> {}));
        uses.put("removeDoneCallback", () -> future.removeDoneCallback(done -> {}));
        uses.put("cancel a task", task::cancel);
        uses.put("cancelling", task::cancelling);
        uses.put("uncancel", task::uncancel);
        uses.put("setName", () -> task.setName("x"));
        uses.put("stack", task::stack);
        Iterator<Future<String>> completions = asCompleted(future).iterator();
        uses.put("next of asCompleted", completions::next);
        uses.put("hasNext of asCompleted", completions::hasNext);
        Iterable<Future<String>> none = asCompleted();
        uses.put("next of asCompleted, which is over", none.iterator()::next);
        Future<?> gathered = gather();
        uses.put("cancel a gather that is done", gathered::cancel);
        uses.put("awaitedBy", future::awaitedBy);
        Timeout over = withTimeout(LONG, (Timeout timeout) -> timeout);
        TaskGroup finished = withTaskGroup(group -> group);
        uses.put("cancel a group that is finished", finished::cancel);
        uses.put("when", over::when);
        uses.put("expired", over::expired);
        uses.put("rescheduleIn", () -> over.rescheduleIn(LONG));
        uses.put("cancel a handle", handle::cancel);
        uses.put("cancel a timer", timer::cancel);
        return uses;
    }

    @Test
    void methodsForAnyThreadAreNotRefused() {
        try (TestLoop loop = new TestLoop()) {
            Future<String> future = loop.run(() -> {
                Future<String> made = loop.createFuture();
                made.setResult("x");
                return made;
            });
            assertThat(loop.loop().time()).isZero();
            assertThat(loop.loop().isRunning()).isFalse();
            assertThat(loop.loop().isClosed()).isFalse();
            assertThat(loop.loop().eventLoop()).isNotNull();
            assertThat(loop.loop().transport()).isNotNull();
            assertThat(loop.loop().toString()).startsWith("Loop[").endsWith(", stopped]");
            assertThat(future.loop()).isSameAs(loop.loop());
            assertThat(future).hasToString("Future[result=x]");
            CompletableFuture<String> theirs = future.toCompletableFuture();
            loop.settle();
            assertThat(theirs).isCompletedWithValue("x");
        }
    }

    @Test
    void anyThreadMayReportAnErrorAndTheLoopHandsItToItsHandler() {
        Trail trail = new Trail();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.loop()
                        .setExceptionHandler((of, context) -> trail.add(Loop.current() == of ? context : "elsewhere"));
                toThread(() -> {
                    loop.loop().callExceptionHandler(ErrorContext.of("from a worker"));
                    return 0;
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("from a worker");
    }

    @Test
    @PortOf("test_base_events.check_thread")
    void aCoroutineOfAnotherLoopIsForeignToo() {
        try (TestLoop other = new TestLoop();
                TestLoop loop = new TestLoop()) {
            Future<String> future = other.run(() -> other.createFuture());
            loop.run(() -> {
                assertThatThrownBy(() -> future.setResult("x"))
                        .isInstanceOf(WrongThreadException.class)
                        .hasMessageContaining("called on VirtualThread[#");
                assertThatThrownBy(() -> other.callSoon(() -> {})).isInstanceOf(WrongThreadException.class);
            });
        }
    }

    @Test
    void theThreadsOfToThreadAndThreadsStartedInsideAreForeign() {
        run(() -> {
            Loop loop = Loop.current();
            Throwable worker = toThread(() -> catchThrowable(() -> loop.callSoon(() -> {})));
            assertThat(worker).isInstanceOf(WrongThreadException.class).hasMessageContaining("skein-worker-");

            Throwable[] child = new Throwable[1];
            Thread thread = Thread.ofVirtual().start(() -> child[0] = catchThrowable(() -> loop.callSoon(() -> {})));
            toThread(() -> thread.join(LONG));
            assertThat(child[0]).isInstanceOf(WrongThreadException.class);
        });
    }

    @Test
    void beforeItsFirstRunALoopHasNoThreadAndSaysSo() {
        try (Loop loop = newEventLoop()) {
            inAPlainThread(() -> assertThatThrownBy(() -> loop.callSoon(() -> {}))
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("but this loop runs on a thread that has not started"));
        }
    }
}
