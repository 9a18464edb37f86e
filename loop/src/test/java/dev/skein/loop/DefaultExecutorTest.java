package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The executor where {@code toThread} runs what blocks: its threads, its bound, and its end. */
class DefaultExecutorTest {
    private static final InheritableThreadLocal<@Nullable String> USER = new InheritableThreadLocal<>();

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_threads.to_thread_args_kwargs")
    void theWorkTakesItsArgumentsAlong() {
        try (TestLoop loop = new TestLoop()) {
            BiFunction<String, Boolean, String> work = (name, something) -> name + something;
            assertThat(loop.<String>run(() -> toThread(() -> work.apply("test", true))))
                    .isEqualTo("testtrue");
        }
    }

    @Test
    void queuedJobsRunInOrderAndInheritFromTheirSubmitters() throws InterruptedException {
        WorkerThreads one = new WorkerThreads(1);
        for (String user : new String[] {"first", "second", "third"}) {
            USER.set(user);
            one.execute(() -> trail.add(USER.get() + " in " + one));
        }
        USER.remove();
        one.shutdown();
        assertThat(one.awaitTermination(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(trail.entries()).hasSize(3);
        assertThat(trail.entries()).allMatch(entry -> entry.contains("working=1"));
        assertThat(trail.entries())
                .extracting(entry -> entry.substring(0, entry.indexOf(' ')))
                .containsExactly("first", "second", "third");
    }

    /** A thread that the system may have no room for. */
    private static final class MayNotStart extends Thread {
        private final BooleanSupplier room;

        MayNotStart(Runnable body, BooleanSupplier room) {
            super(body);
            this.room = room;
        }

        @Override
        public void start() {
            if (!room.getAsBoolean()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            super.start();
        }
    }

    @Test
    void aJobWhoseThreadCannotStartFailsAndThoseBehindItWait() {
        AtomicBoolean room = new AtomicBoolean(true);
        WorkerThreads two = new WorkerThreads(2, body -> new MayNotStart(body, room::get));
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        run(() -> {
            Loop.current().setDefaultExecutor(two);
            Future<?> one = Loop.current().runInExecutor(() -> waitFor(first, "first"));
            Future<?> other = Loop.current().runInExecutor(() -> waitFor(second, "second"));
            Future<?> unlucky = Loop.current().runInExecutor(() -> note("never"));
            Future<?> next = Loop.current().runInExecutor(() -> note("third " + two));
            Future<?> last = Loop.current().runInExecutor(() -> note("fourth"));
            room.set(false);
            first.countDown();
            one.await();
            assertThatThrownBy(unlucky::await)
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("unable to create native thread");
            assertThat(next.isDone()).isFalse();
            room.set(true);
            second.countDown();
            gather(other, next, last).await();
        });
        assertThat(trail.entries()).startsWith("first", "second").hasSize(4);
        assertThat(trail.entries().get(2) + trail.entries().get(3)).contains("third", "fourth");
        assertThat(two.isTerminated()).isTrue();
    }

    private String waitFor(CountDownLatch event, String name) throws InterruptedException {
        Await.latch(event);
        return note(name);
    }

    private String note(String name) {
        trail.add(name);
        return name;
    }

    @Test
    void whereNoThreadIsLeftThatCouldDoThemAllThatWaitFail() {
        AtomicBoolean room = new AtomicBoolean(true);
        WorkerThreads one = new WorkerThreads(1, body -> new MayNotStart(body, room::get));
        CountDownLatch go = new CountDownLatch(1);
        run(() -> {
            Loop.current().setDefaultExecutor(one);
            Future<?> working = Loop.current().runInExecutor(() -> waitFor(go, "works"));
            Future<?> next = Loop.current().runInExecutor(() -> note("never"));
            Future<?> last = Loop.current().runInExecutor(() -> note("never"));
            room.set(false);
            go.countDown();
            working.await();
            assertThatThrownBy(next::await).isInstanceOf(OutOfMemoryError.class);
            assertThatThrownBy(last::await).isInstanceOf(OutOfMemoryError.class);
            assertThatThrownBy(() -> toThread(() -> note("never"))).isInstanceOf(OutOfMemoryError.class);
            room.set(true);
            toThread(() -> note("works again"));
        });
        assertThat(trail.entries()).containsExactly("works", "works again");
        assertThat(one.isTerminated()).isTrue();
    }

    @Test
    @PortOf("test_base_events.set_default_executor")
    void anotherExecutorCanBeSetAndTheLoopShutsItDown() {
        ExecutorService mine = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("mine").factory());
        run(() -> {
            Loop.current().setDefaultExecutor(mine);
            trail.add(toThread(() -> Thread.currentThread().getName()));
            trail.add(Loop.current()
                    .<String>runInExecutor(() -> Thread.currentThread().getName())
                    .await());
        });
        assertThat(trail.entries()).containsExactly("mine", "mine");
        assertThat(mine.isTerminated()).isTrue();
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without the checker may do
    void anExecutorThatIsNullIsRefused() {
        run(() -> assertThatThrownBy(() -> Loop.current().setDefaultExecutor(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("executor"));
    }

    @Test
    void shutdownWaitsForTheWorkAndThenRefuses() {
        CountDownLatch go = new CountDownLatch(1);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop me = Loop.current();
                Future<Boolean> work = me.runInExecutor(() -> go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
                me.callSoon(go::countDown);
                me.shutdownDefaultExecutor();
                assertThat(work.await()).isTrue();
                assertThatThrownBy(() -> toThread(() -> 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the default executor of this loop is shut down: pass another executor to"
                                + " runInExecutor");
                me.shutdownDefaultExecutor();
            });
        }
    }

    @Test
    @PortOf("test_base_events.shutdown_default_executor_timeout")
    void workThatDoesNotEndInTimeIsReportedAndLeft() {
        CountDownLatch go = new CountDownLatch(1);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Boolean> work =
                        Loop.current().runInExecutor(() -> go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
                Loop.current().shutdownDefaultExecutor(Duration.ofMillis(2));
                assertThat(work.isDone()).isFalse();
                go.countDown();
                assertThat(work.await()).isTrue();
            });
            assertThat(loop.errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error.message())
                            .isEqualTo("the default executor did not finish its work within 2 ms:"
                                    + " WorkerThreads[working=1, waiting=0]"));
        }
    }

    @Test
    void runWaitsForTheWorkWhichMayStillCallTheLoop() {
        CountDownLatch go = new CountDownLatch(1);
        Thread[] worker = new Thread[1];
        Loop[] loop = new Loop[1];
        String result = run(() -> {
            loop[0] = Loop.current();
            Loop.current()
                    .<Boolean>runInExecutor(() -> {
                        worker[0] = Thread.currentThread();
                        assertThat(go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                                .isTrue();
                        loop[0].callSoonThreadsafe(() -> trail.add("on the loop"));
                        return true;
                    })
                    .addDoneCallback(done -> trail.add("work: " + done.result()));
            createTask(() -> {
                try {
                    sleep(Duration.ofDays(1));
                } finally {
                    trail.add("task ends");
                    go.countDown();
                }
            });
            sleep(Duration.ofMillis(1));
            return "main's";
        });
        assertThat(result).isEqualTo("main's");
        assertThat(trail.entries()).containsExactly("task ends", "on the loop", "work: true");
        assertThat(worker[0].isAlive()).isFalse();
    }

    @Test
    void workThatIsCancelledBeforeItBeginsIsNotDone() {
        Queue<Runnable> held = new ArrayDeque<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop.current().setDefaultExecutor(held::add);
                Future<String> work = Loop.current().runInExecutor(() -> {
                    trail.add("worked");
                    return "done";
                });
                work.cancel();
                held.remove().run();
                // Nothing is outside now, so that time can jump.
                sleep(Duration.ofHours(1));
                assertThat(work.isCancelled()).isTrue();
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void shutdownNowInterruptsWorkersAndReturnsQueuedJobs() throws InterruptedException {
        WorkerThreads one = new WorkerThreads(1);
        assertThat(one.awaitTermination(0, TimeUnit.SECONDS)).isFalse();
        assertThat(one.isShutdown()).isFalse();
        CountDownLatch begun = new CountDownLatch(1);
        one.execute(() -> {
            begun.countDown();
            try {
                Await.latch(new CountDownLatch(1));
            } catch (InterruptedException e) {
                trail.add("interrupted");
            }
        });
        Runnable waits = () -> trail.add("never");
        one.execute(waits);
        Await.latch(begun);
        assertThat(one.awaitTermination(0, TimeUnit.SECONDS)).isFalse();

        one.shutdown();
        assertThat(one.isShutdown()).isTrue();
        assertThat(one.isTerminated()).isFalse();
        assertThat(one.shutdownNow()).containsExactly(waits);
        assertThat(one.awaitTermination(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(one.isTerminated()).isTrue();
        assertThat(trail.entries()).containsExactly("interrupted");
    }
}
