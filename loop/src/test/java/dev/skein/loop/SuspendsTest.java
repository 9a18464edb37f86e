package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.sleepUntil;
import static dev.skein.loop.Asyncio.staggeredRace;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.timeoutAt;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.withTaskGroup;
import static dev.skein.loop.Asyncio.withTimeout;
import static dev.skein.loop.Asyncio.withTimeoutAt;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.loop.sync.Barrier;
import dev.skein.loop.sync.Condition;
import dev.skein.loop.sync.Event;
import dev.skein.loop.sync.Lock;
import dev.skein.loop.sync.Queue;
import dev.skein.loop.sync.Semaphore;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.ArchitectureRules;
import dev.skein.testsupport.SuspensionWalk;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Which methods may suspend their caller, and whether {@code @Suspends} says so. */
class SuspendsTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final String HERE = "dev.skein.loop.";

    /** What the walk finds and a coroutine cannot call, or has as its own code. */
    private static final Set<String> NOT_MARKED = Set.of(
            "Action.call()", // the user's body, which await runs
            "Awaitable.call()", // the user's body, which await runs
            "Asyncio.run(dev.skein.loop.Action)", // refused in a coroutine
            "Asyncio.run(dev.skein.loop.Action, java.util.function.UnaryOperator)", // refused in a coroutine
            "Asyncio.run(dev.skein.loop.Awaitable)", // refused in a coroutine
            "Asyncio.run(dev.skein.loop.Awaitable, java.util.function.UnaryOperator)", // refused in a coroutine
            "testing.TestLoop.close()", // for a plain thread
            "testing.TestLoop.forEachSeed(int, java.util.function.Consumer)", // for a plain thread
            "testing.TestLoop.settle()"); // of the test kit

    /** Those that do something else outside a coroutine than refuse. */
    private static final Set<String> NOT_TRIED = Set.of(
            "Loop.close()", // blocks a thread
            "LoopGroup.close()", // blocks a thread
            "Runner.close()", // blocks a thread
            "Generator$Emitter.emit(java.lang.Object)", // is for the body alone, and says that
            "sync.Barrier.abort()", // waits only while another coroutine is inside await, half-way through its end
            "sync.Barrier.reset()"); // as abort

    private final SuspensionWalk walk = new SuspensionWalk(ArchitectureRules.mainClasses("dev.skein.loop"));

    @Test
    void eachPublicMethodThatMaySuspendIsMarkedAndNoOther() {
        Set<String> expected = new TreeSet<>(walk.publicOnes());
        NOT_MARKED.forEach(
                name -> assertThat(expected.remove(HERE + name)).as(name).isTrue());
        assertThat(walk.marked()).isEqualTo(expected);
    }

    @Test
    void eachThatIsMarkedRefusesACallbackThatWouldWaitInIt() {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        Map<String, Throwable> refused = new LinkedHashMap<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                addCallsOfAsyncio(calls);
                addCallsOfSync(calls);
                Loop.current().callSoon(() -> calls.forEach((name, call) -> refused.put(name, catchThrowable(call))));
                yieldNow();
                yieldNow();
            });
        }
        Set<String> toTry = new TreeSet<>(walk.marked());
        NOT_TRIED.forEach(name -> assertThat(toTry.remove(HERE + name)).as(name).isTrue());
        Set<String> tried = new TreeSet<>();
        calls.keySet().forEach(name -> tried.add(HERE + name));
        assertThat(tried).isEqualTo(toTry);
        refused.forEach((name, failure) -> assertThat(failure)
                .as(name)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        " outside a coroutine: start one with run(...) or createTask(...), and call it there"));
    }

    private static void addCallsOfAsyncio(Map<String, ThrowingCallable> calls) {
        String d = "java.time.Duration";
        Future<String> future = Loop.current().createFuture();
        calls.put("Asyncio.await(dev.skein.loop.Call)", () -> await(() -> "x"));
        calls.put("Asyncio.await(dev.skein.loop.VoidCall)", () -> await(() -> {}));
        calls.put("Asyncio.await(dev.skein.loop.Future)", () -> await(future));
        calls.put("Asyncio.await(io.netty.channel.ChannelFuture)", () -> await(new EmbeddedChannel().newPromise()));
        calls.put(
                "Asyncio.await(io.netty.util.concurrent.Future)",
                () -> await(Loop.current().eventLoop().newPromise()));
        calls.put("Asyncio.await(java.util.concurrent.CompletionStage)", () -> await(new CompletableFuture<>()));
        calls.put("Asyncio.sleep(" + d + ")", () -> sleep(LONG));
        calls.put("Asyncio.sleepUntil(long)", () -> sleepUntil(1));
        calls.put("Asyncio.staggeredRace(java.util.Collection, " + d + ")", () -> staggeredRace(List.of(future), LONG));
        calls.put("Asyncio.taskGroup(dev.skein.loop.TaskGroup$VoidBody)", () -> taskGroup(group -> {}));
        calls.put("Asyncio.withTaskGroup(dev.skein.loop.TaskGroup$Body)", () -> withTaskGroup(group -> "x"));
        calls.put("Asyncio.timeout(" + d + ", dev.skein.loop.Call)", () -> timeout(LONG, () -> "x"));
        calls.put("Asyncio.timeout(" + d + ", dev.skein.loop.VoidCall)", () -> timeout(LONG, () -> {}));
        calls.put("Asyncio.timeout(" + d + ", dev.skein.loop.Timeout$VoidBody)", () -> timeout(LONG, t -> {}));
        calls.put("Asyncio.withTimeout(" + d + ", dev.skein.loop.Timeout$Body)", () -> withTimeout(LONG, t -> "x"));
        calls.put("Asyncio.timeoutAt(long, dev.skein.loop.Call)", () -> timeoutAt(1, () -> "x"));
        calls.put("Asyncio.timeoutAt(long, dev.skein.loop.VoidCall)", () -> timeoutAt(1, () -> {}));
        calls.put("Asyncio.timeoutAt(long, dev.skein.loop.Timeout$VoidBody)", () -> timeoutAt(1, t -> {}));
        calls.put("Asyncio.withTimeoutAt(long, dev.skein.loop.Timeout$Body)", () -> withTimeoutAt(1, t -> "x"));
        calls.put("Asyncio.toThread(dev.skein.loop.Call)", () -> toThread(() -> "x"));
        calls.put("Asyncio.toThread(dev.skein.loop.VoidCall)", () -> toThread(() -> {}));
        calls.put("Asyncio.waitFor(dev.skein.loop.Call, " + d + ")", () -> waitFor(() -> "x", LONG));
        calls.put("Asyncio.waitFor(dev.skein.loop.VoidCall, " + d + ")", () -> waitFor(() -> {}, LONG));
        calls.put("Asyncio.waitFor(dev.skein.loop.Future, " + d + ")", () -> waitFor(future, LONG));
        String wait = "Asyncio.waitUntil(java.util.Collection, dev.skein.loop.ReturnWhen";
        calls.put(wait + ")", () -> waitUntil(List.of(future), ReturnWhen.ALL_COMPLETED));
        calls.put(wait + ", " + d + ")", () -> waitUntil(List.of(future), ReturnWhen.ALL_COMPLETED, LONG));
        calls.put("Asyncio.yieldNow()", () -> yieldNow());
        calls.put("Future.await()", future::await);
        calls.put("Future.call()", future::call);
        Loop loop = Loop.current();
        calls.put("Loop.shutdownDefaultExecutor()", loop::shutdownDefaultExecutor);
        calls.put("Loop.shutdownDefaultExecutor(" + d + ")", () -> loop.shutdownDefaultExecutor(LONG));
        Generator<String> begun = generator(out -> {
            out.emit("first");
            out.emit("second");
        });
        assertThat(begun.iterator().next()).isEqualTo("first");
        calls.put("Generator.close()", begun::close);
    }

    private static void addCallsOfSync(Map<String, ThrowingCallable> calls) {
        Lock lock = new Lock();
        lock.acquire();
        calls.put("sync.Lock.acquire()", lock::acquire);
        calls.put("sync.Lock.hold()", lock::hold);
        Condition condition = new Condition();
        condition.acquire();
        calls.put("sync.Condition.acquire()", condition::acquire);
        calls.put("sync.Condition.hold()", condition::hold);
        calls.put("sync.Condition.await()", condition::await);
        calls.put(
                "sync.Condition.awaitUntil(java.util.function.BooleanSupplier)",
                () -> condition.awaitUntil(() -> false));
        calls.put("sync.Event.await()", new Event()::await);
        calls.put("sync.Barrier.await()", new Barrier(2)::await);
        Semaphore semaphore = new Semaphore(0);
        calls.put("sync.Semaphore.acquire()", semaphore::acquire);
        calls.put("sync.Semaphore.hold()", semaphore::hold);
        Queue<String> full = new Queue<>(1);
        full.putNowait("x");
        calls.put("sync.Queue.put(java.lang.Object)", () -> full.put("y"));
        calls.put("sync.Queue.join()", full::join);
        calls.put("sync.Queue.get()", new Queue<String>()::get);
    }
}
