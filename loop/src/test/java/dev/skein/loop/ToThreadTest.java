package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Work on other threads, and what a task inherits from whoever creates it. */
class ToThreadTest {
    private static final InheritableThreadLocal<@Nullable String> USER = new InheritableThreadLocal<>();
    private static final ThreadLocal<@Nullable String> OWN = new ThreadLocal<>();

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_threads.to_thread")
    @PortOf("test_threads.to_thread_once")
    void toThreadGivesWhatTheWorkReturns() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                String name = toThread(() -> {
                    trail.add("ran");
                    return Thread.currentThread().getName();
                });
                assertThat(name).startsWith("skein-worker-");
            });
        }
        assertThat(trail.entries()).containsExactly("ran");
    }

    @Test
    @PortOf("test_threads.to_thread_exception")
    void toThreadThrowsWhatTheWorkThrows() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> toThread(() -> {
                            throw new IllegalArgumentException("test");
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("test");
                IOException gone = new IOException("gone");
                assertThatThrownBy(() -> toThread(() -> {
                            throw gone;
                        }))
                        .isSameAs(gone);
            });
        }
    }

    @Test
    @PortOf("test_threads.to_thread_concurrent")
    void severalRunAtTheSameTime() {
        CountDownLatch three = new CountDownLatch(3);
        Awaitable<Boolean> meet = () -> toThread(() -> {
            three.countDown();
            return three.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        });
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThat(gather(createTask(meet), createTask(meet), createTask(meet))
                            .await())
                    .containsExactly(true, true, true));
        }
    }

    @Test
    void theLoopGoesOnWhileAThreadWorks() {
        CountDownLatch go = new CountDownLatch(1);
        run(() -> {
            Task<?> worker = createTask(() -> trail.add(toThread(() -> {
                assertThat(go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                return "worker done";
            })));
            for (int i = 0; i < 3; i++) {
                yieldNow();
            }
            trail.add("loop went on");
            go.countDown();
            worker.await();
        });
        assertThat(trail.entries()).containsExactly("loop went on", "worker done");
    }

    @Test
    void cancellingTheAwaitDoesNotStopTheWork() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                CountDownLatch begun = new CountDownLatch(1);
                Task<?> worker = createTask(() -> toThread(() -> {
                    begun.countDown();
                    assertThat(go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                            .isTrue();
                    trail.add("worked on");
                    ended.countDown();
                    return 0;
                }));
                yieldNow();
                Await.latch(begun);
                worker.cancel();
                assertThatThrownBy(worker::await).isInstanceOf(CancelledError.class);
                trail.add("cancelled");
            });
        }
        trail.add("closed");
        go.countDown();
        assertThat(ended.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(trail.entries()).containsExactly("cancelled", "closed", "worked on");
    }

    @Test
    @PortOf("test_events.run_in_executor_cancel")
    void cancelledWorkThatEndsAfterTheLoopWasClosedTellsNobody() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> workers = new ArrayList<>();
        try (Log log = Log.capture()) {
            try (Loop loop = newEventLoop()) {
                loop.runUntilComplete(() -> {
                    loop.setExceptionHandler((of, context) -> trail.add(context));
                    CountDownLatch begun = new CountDownLatch(1);
                    Future<Boolean> work = loop.runInExecutor(
                            body -> workers.add(Thread.ofPlatform()
                                    .uncaughtExceptionHandler((thread, failure) -> trail.add(failure))
                                    .start(body)),
                            () -> {
                                begun.countDown();
                                return go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
                            });
                    Await.latch(begun);
                    assertThat(work.cancel()).isTrue();
                    loop.shutdownDefaultExecutor();
                    assertThat(work.isCancelled()).isTrue();
                });
            }
            go.countDown();
            Await.join(workers.getFirst());
            assertThat(log.text()).isEmpty();
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_events.run_in_executor")
    void runInExecutorGivesAFuture() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.loop()
                        .runInExecutor(
                                work -> Thread.ofPlatform().name("mine").start(work),
                                () -> Thread.currentThread().getName());
                assertThat(future.await()).isEqualTo("mine");
                assertThat(loop.loop()
                                .<Thread>runInExecutor(Thread::currentThread)
                                .await())
                        .isNotSameAs(Thread.currentThread());
                assertThat(loop.loop()
                                .<String>runInExecutor(Runnable::run, () -> "inline")
                                .await())
                        .isEqualTo("inline");
            });
        }
    }

    @Test
    void anExecutorThatRefusesIsHeard() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> loop.loop()
                                .runInExecutor(
                                        work -> {
                                            throw new RejectedExecutionException("full");
                                        },
                                        () -> 1))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessage("full");
                // Nothing is outside now, so that time can jump.
                sleep(Duration.ofHours(1));
            });
        }
    }

    @Test
    @PortOf("test_threads.to_thread_contextvars")
    void theThreadInheritsFromTheCaller() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                USER.set("parrot");
                OWN.set("own");
                assertThat(toThread(() -> USER.get() + " " + OWN.get())).isEqualTo("parrot null");
            });
        }
    }

    @Test
    @PortOf("test_tasks.context_1")
    void aTaskInheritsASnapshotFromWhoeverCreatesIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                USER.set("creator's");
                OWN.set("own");
                Task<?> child = createTask(() -> {
                    trail.add("child: " + USER.get() + " " + OWN.get());
                    USER.set("child's");
                    yieldNow();
                    trail.add("child: " + USER.get());
                    createTask(() -> trail.add("grandchild: " + USER.get())).await();
                });
                USER.set("changed");
                child.await();
                trail.add("creator: " + USER.get() + " " + OWN.get());
                await(() -> {
                    USER.set("set in a lambda");
                    return 0;
                });
                trail.add("creator: " + USER.get());
            });
        }
        assertThat(trail.entries())
                .containsExactly(
                        "child: creator's null",
                        "child: child's",
                        "grandchild: child's",
                        "creator: changed own",
                        "creator: set in a lambda");
    }
}
