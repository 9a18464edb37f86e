package dev.skein.loop;

import static dev.skein.loop.Asyncio.captureCallGraph;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the thread that made a loop may do with it before its first run, between two runs, and what it may not. */
class PausedLoopTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    private String say(String word) {
        trail.add(word);
        yieldNow();
        trail.add(word + " again");
        return word;
    }

    /** CPython 3.13 prints these orders for the same program. */
    @Test
    void whatIsMadeBeforeTheFirstRunAndBetweenTwoRunsInTheOrderOfAsyncio() {
        Loop loop = newEventLoop();
        try (loop) {
            loop.callLater(Duration.ZERO, () -> trail.add("timer"));
            loop.callSoon(() -> trail.add("soon 1"));
            Task<String> task = loop.createTask(() -> say("task"));
            Future<String> future = loop.createFuture();
            future.addDoneCallback(done -> trail.add("done " + done.result()));
            future.setResult("future");
            loop.callSoon(() -> trail.add("soon 2"));
            Task<String> never = loop.createTask(() -> say("never"));
            never.cancel();
            never.addDoneCallback(done -> trail.add("cancelled"));
            assertThat(task.isDone()).isFalse();
            assertThat(future.isDone()).isTrue();
            assertThat(never.cancelling()).isEqualTo(1);
            assertThat(loop.allTasks()).containsExactly(task, never);
            assertThat(trail.entries()).isEmpty();

            assertThat(loop.runUntilComplete(task)).isEqualTo("task");
            assertThat(trail.entries())
                    .containsExactly("soon 1", "task", "done future", "soon 2", "timer", "task again", "cancelled");
            assertThat(task.result()).isEqualTo("task");
            assertThat(never.isCancelled()).isTrue();
            assertThat(future.result()).isEqualTo("future");

            Trail second = new Trail();
            Task<String> next = loop.createTask(() -> {
                second.add("second");
                yieldNow();
                second.add("second again");
                return "second";
            });
            loop.callSoon(() -> second.add("dropped")).cancel();
            loop.stop();
            loop.runForever();
            assertThat(second.entries()).containsExactly("second");
            assertThatThrownBy(next::result).isInstanceOf(InvalidStateException.class);
            assertThat(loop.runUntilComplete(next)).isEqualTo("second");
            assertThat(second.entries()).containsExactly("second", "second again");
            assertThat(loop.runUntilComplete(next)).isEqualTo("second");
        }
        assertThatThrownBy(() -> loop.callSoon(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("loop is closed");
        assertThatThrownBy(() -> loop.createTask(() -> {})).hasMessage("loop is closed");
    }

    /** CPython 3.13 prints this order. */
    @Test
    void aTimerThatComesDueInAPauseComesBehindWhatIsMadeReadyInIt() {
        try (Loop loop = newEventLoop()) {
            TimerHandle timer = loop.callAt(loop.time() + 1, () -> trail.add("due in the pause"));
            while (loop.time() <= timer.when()) {
                Thread.onSpinWait();
            }
            passInThePause(loop);
            loop.callSoon(() -> trail.add("soon in the pause"));
            loop.runUntilComplete(() -> yieldNow());
        }
        assertThat(trail.entries()).containsExactly("soon in the pause", "due in the pause");
    }

    /** The loop makes at least one pass that may look at timers. */
    private static void passInThePause(Loop loop) {
        for (int i = 0; i < 3; i++) {
            loop.eventLoop().submit(() -> {}).syncUninterruptibly();
        }
    }

    @Test
    void aPausedLoopWithATimerDueWaitsInItsPoll() {
        try (Loop loop = newEventLoop()) {
            loop.callAt(loop.time() - 1, () -> {});
            assertThat(loop.eventLoop()
                            .submit(loop.eventLoop::deadlineNanos)
                            .syncUninterruptibly()
                            .getNow())
                    .isEqualTo(-1);
        }
    }

    @Test
    void failuresAreThrownHereWithTheStackOfTheCaller() {
        try (Loop loop = newEventLoop()) {
            Future<String> future = loop.createFuture();
            Throwable thrown = catchThrowable(future::result);
            assertThat(thrown).isInstanceOf(InvalidStateException.class);
            assertThat(thrown.getStackTrace())
                    .anySatisfy(frame -> assertThat(frame.getMethodName())
                            .isEqualTo("failuresAreThrownHereWithTheStackOfTheCaller"));
            future.setException(new IllegalArgumentException("set outside"));
            assertThatThrownBy(future::result).hasMessage("set outside");
            assertThat(future.exception()).hasMessage("set outside");
            assertThatThrownBy(() -> loop.runUntilComplete(future)).hasMessage("set outside");
            assertThatThrownBy(() -> future.setResult("twice")).isInstanceOf(InvalidStateException.class);
        }
    }

    @Test
    void aLoopRunnerHasTasksOfItsLoopBeforeMain() {
        try (Runner runner = new Runner()) {
            Task<String> before = runner.loop().createTask(() -> say("before"));
            runner.run(() -> {
                trail.add("main");
                yieldNow();
            });
            assertThat(before.isDone()).isTrue();
            assertThat(before.result()).isEqualTo("before");
        }
        assertThat(trail.entries()).containsExactly("before", "main", "before again");
    }

    @Test
    void allElseThatALoopGivesTheMakerMayUseToo() throws Exception {
        try (Loop loop = newEventLoop()) {
            List<ErrorContext> errors = new ArrayList<>();
            loop.setExceptionHandler((of, context) -> errors.add(context));
            loop.onTaskCreated(task -> trail.add("created " + task.name()));
            loop.setDebug(true);
            loop.setSlowCallbackDuration(LONG);
            loop.callAtPassEnd(() -> trail.add("pass end"));
            loop.setDefaultExecutor(Runnable::run);
            Future<Thread> worker = loop.runInExecutor(Thread::currentThread);
            Task<?> task = loop.createTask(() -> sleep(LONG), "sleeper");
            task.setName("renamed");
            assertThat(task.stack()).isEmpty();
            assertThat(captureCallGraph(task).name()).contains("renamed");
            loop.callSoon(() -> {
                throw new IllegalStateException("for the handler");
            });
            TimerHandle timer = loop.callLater(LONG, () -> {});
            timer.cancel();
            assertThat(timer.isCancelled()).isTrue();
            assertThat(loop.runUntilComplete(worker)).isSameAs(Thread.currentThread());
            assertThat(loop.runUntilComplete(() -> task.awaitedBy())).isEmpty();
            assertThat(task.awaitedBy()).isEmpty();
            assertThat(task.cancel("enough")).isTrue();
            assertThat(task.uncancel()).isZero();
            assertThat(task.cancel("enough")).isTrue();
            assertThatThrownBy(() -> loop.runUntilComplete(task))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("enough");
            assertThat(errors).singleElement().satisfies(context -> {
                assertThat(context.exception()).get().hasToString("java.lang.IllegalStateException: for the handler");
                assertThat(context.toString()).contains("allElseThatALoopGivesTheMakerMayUseToo");
            });
        }
        assertThat(trail.entries()).contains("created sleeper", "pass end");
    }

    @Test
    void whatTheMakerMakesInheritsItsThreadLocals() {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        try (Loop loop = newEventLoop()) {
            local.set("of the maker");
            Task<?> task = loop.createTask(() -> trail.add(local.get()));
            loop.runUntilComplete(task);
            assumeTrue(VirtualThreads.areMounted(), "without the flag a callback sees none");
            loop.callSoon(() -> trail.add("callback " + local.get()));
            Future<String> future = loop.createFuture();
            future.addDoneCallback(done -> trail.add("done callback " + local.get()));
            local.set("another");
            future.setResult("x");
            loop.runUntilComplete(() -> yieldNow());
        } finally {
            local.remove();
        }
        assertThat(trail.entries())
                .containsExactly("of the maker", "callback of the maker", "done callback of the maker");
    }

    @Test
    void aNettyHandlerThatCompletesAFutureInThePauseIsSeen() {
        try (Loop loop = newEventLoop()) {
            Future<String> future = loop.createFuture();
            loop.eventLoop().execute(() -> future.setResult("by Netty"));
            assertThat(future.isDone()).isTrue();
            assertThat(future.result()).isEqualTo("by Netty");
        }
    }

    @Test
    void anInterruptOfTheMakerChangesNothingAndStays() {
        try (Loop loop = newEventLoop()) {
            Thread.currentThread().interrupt();
            Task<String> task = loop.createTask(() -> "made");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(loop.runUntilComplete(task)).isEqualTo("made");
        }
    }

    @Test
    void aVirtualThreadCanBeTheMaker() throws Exception {
        assertThat(inThread(Thread.ofVirtual(), () -> {
                    try (Loop loop = newEventLoop()) {
                        return loop.runUntilComplete(loop.createTask(() -> "made"));
                    }
                }))
                .isEqualTo("made");
    }

    // What it may not.

    @Test
    void whileAnotherThreadRunsItTheMakerIsRefused() throws Exception {
        try (Loop loop = newEventLoop()) {
            Future<String> made = loop.createFuture();
            CountDownLatch running = new CountDownLatch(1);
            FutureTask<String> other = new FutureTask<>(() -> loop.runUntilComplete(() -> {
                running.countDown();
                return made.await();
            }));
            Thread.ofPlatform().start(other);
            assertThat(running.await(1, TimeUnit.MINUTES)).isTrue();
            String maker = Thread.currentThread().toString();
            assertThatThrownBy(made::isDone)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageStartingWith("called on " + maker + ", but this loop runs on ")
                    .hasMessageEndingWith(
                            ", whose creator may use it only while it is paused: use callSoonThreadsafe or"
                                    + " runCoroutineThreadsafe");
            assertThatThrownBy(() -> loop.createTask(() -> {})).isInstanceOf(WrongThreadException.class);
            loop.callSoonThreadsafe(() -> made.setResult("done"));
            assertThat(other.get(1, TimeUnit.MINUTES)).isEqualTo("done");
            loop.runUntilComplete(() -> {});
            assertThat(made.isDone()).isTrue();
        }
    }

    @Test
    void ofTwoThreadsThatBothThinkTheyMadeItTheOtherIsRefused() throws Exception {
        try (Loop loop = newEventLoop()) {
            Thread maker = Thread.currentThread();
            Throwable refusal = inThread(Thread.ofPlatform(), () -> catchThrowable(() -> loop.createTask(() -> {})));
            assertThat(refusal)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("while it is paused only " + maker + ", which created it, may use it");
            inThread(Thread.ofPlatform(), () -> loop.runUntilComplete(() -> "a run makes nobody its maker"));
            assertThat(inThread(Thread.ofPlatform(), () -> catchThrowable(loop::allTasks)))
                    .isInstanceOf(WrongThreadException.class);
            assertThat(loop.allTasks()).isEmpty();
        }
    }

    @Test
    void whatIsForCoroutinesOnlyIsRefusedHereToo() {
        try (Loop loop = newEventLoop()) {
            Future<String> future = loop.createFuture();
            assertThatThrownBy(future::await)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("await() outside a coroutine");
            assertThatThrownBy(loop::checkThread)
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining(
                            "whose creator may call the methods of Loop, Handle, Future and Task while it is paused, but not this one");
        }
    }

    @Test
    void aCoroutineThatMadeALoopIsRefusedSinceItCouldNotWait() {
        run(() -> {
            try (Loop inner = newEventLoop()) {
                assertThatThrownBy(() -> inner.createTask(() -> {}))
                        .isInstanceOf(WrongThreadException.class)
                        .hasMessageEndingWith(
                                "a thread that has not started: use callSoonThreadsafe or runCoroutineThreadsafe");
            }
            Loop loop = Loop.current();
            Future<Throwable> refusal = loop.createFuture();
            loop.callSoon(() -> {
                Loop inner = newEventLoop();
                refusal.setResult(catchThrowable(inner::createFuture));
            });
            assertThat(refusal.await()).isInstanceOf(WrongThreadException.class);
        });
    }

    @Test
    void anObserverOfANewTaskMayUseTheLoopButNotRunOrCloseIt() {
        try (Loop loop = newEventLoop()) {
            loop.onTaskCreated(task -> {
                loop.callSoon(() -> trail.add("by the observer"));
                assertThatThrownBy(() -> loop.runUntilComplete(() -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("a loop cannot be run inside a call of its creator's: let that return first");
                assertThatThrownBy(loop::close).isInstanceOf(IllegalStateException.class);
            });
            loop.runUntilComplete(loop.createTask(() -> trail.add("task")));
        }
        assertThat(trail.entries()).containsExactly("by the observer", "task");
    }

    @Test
    void anObserverThatThrowsLeavesTheLoopUsable() {
        try (Loop loop = newEventLoop()) {
            loop.onTaskCreated(task -> {
                if (task.name().equals("bad")) {
                    throw new IllegalArgumentException("not this one");
                }
            });
            assertThatThrownBy(() -> loop.createTask(() -> {}, "bad")).hasMessage("not this one");
            assertThat(loop.runUntilComplete(loop.createTask(() -> "good"))).isEqualTo("good");
        }
    }

    @Test
    void whileOthersRunItTheMakerIsServedOrRefusedAndNothingIsLost() throws Exception {
        try (Loop loop = newEventLoop()) {
            CompletableFuture<Integer> runs = CompletableFuture.supplyAsync(
                    () -> {
                        for (int i = 0; i < 500; i++) {
                            loop.runUntilComplete(() -> yieldNow());
                        }
                        return 500;
                    },
                    Thread.ofPlatform()::start);
            List<Task<Integer>> made = new ArrayList<>();
            int refused = 0;
            while (!runs.isDone() && made.size() < 100_000) {
                int number = made.size();
                try {
                    made.add(loop.createTask(() -> number));
                } catch (WrongThreadException itRuns) {
                    refused++;
                }
            }
            assertThat(runs.get(1, TimeUnit.MINUTES)).isEqualTo(500);
            assertThat(made.size() + refused).isPositive();
            loop.runUntilComplete(() -> yieldNow());
            for (int i = 0; i < made.size(); i++) {
                assertThat(made.get(i).result()).isEqualTo(i);
            }
            assertThat(loop.allTasks()).isEmpty();
        }
    }

    private static <T> T inThread(Thread.Builder kind, Callable<T> body)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        FutureTask<T> result = new FutureTask<>(body);
        kind.start(result);
        return result.get(1, TimeUnit.MINUTES);
    }
}
