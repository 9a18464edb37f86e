package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's locks in coroutines: who wants one that is held waits, alone, also when its holder awaits meanwhile. */
class LockTest {
    /** The two locks of the JDK. */
    enum Kind {
        MONITOR {
            @Override
            Mutex create() {
                Object monitor = new Object();
                return section -> {
                    synchronized (monitor) {
                        section.run();
                    }
                };
            }
        },
        REENTRANT_LOCK {
            @Override
            Mutex create() {
                ReentrantLock lock = new ReentrantLock();
                return section -> {
                    lock.lock();
                    try {
                        section.run();
                    } finally {
                        lock.unlock();
                    }
                };
            }
        };

        abstract Mutex create();
    }

    /** Runs sections, one at a time. */
    interface Mutex {
        void holdDuring(Action section) throws Exception;
    }

    private final Trail trail = new Trail();

    @BeforeEach
    void mounted() {
        RuntimeMode.assumeLocksMayBeHeldOverAnAwait();
    }

    private static Thread start(Action body) {
        return Thread.ofPlatform().start(() -> {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void heldByAPlainThreadStopsOnlyTheCoroutineThatWantsIt(Kind kind) throws Exception {
        Mutex mutex = kind.create();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Thread holder = start(() -> mutex.holdDuring(() -> {
            held.countDown();
            Await.latch(enough);
        }));
        Await.latch(held);
        run(() -> {
            Task<@Nullable Void> wanting = createTask(() -> {
                trail.add("wants it");
                mutex.holdDuring(() -> trail.add("has it"));
            });
            for (int i = 0; i < 3; i++) {
                yieldNow();
                trail.add("turn " + i);
            }
            enough.countDown();
            await(wanting);
        });
        Await.join(holder);

        assertThat(trail.entries()).containsExactly("wants it", "turn 0", "turn 1", "turn 2", "has it");
    }

    @ParameterizedTest
    @EnumSource
    void heldOverAnAwaitIsWaitedForByAnotherCoroutine(Kind kind) {
        Mutex mutex = kind.create();
        run(() -> {
            Future<String> future = Loop.current().createFuture();
            Task<@Nullable Void> holder = createTask(() -> mutex.holdDuring(() -> {
                trail.add("first has it");
                trail.add(await(future));
                trail.add("first lets go");
            }));
            Task<@Nullable Void> wanting = createTask(() -> mutex.holdDuring(() -> trail.add("second has it")));
            yieldNow();
            yieldNow();
            future.setResult("waited enough");
            await(gather(holder, wanting));
        });

        assertThat(trail.entries()).containsExactly("first has it", "waited enough", "first lets go", "second has it");
    }

    @ParameterizedTest
    @EnumSource
    void heldOverAnAwaitIsWaitedForByAPlainThread(Kind kind) throws Exception {
        Mutex mutex = kind.create();
        Thread wanting = run(() -> {
            Thread[] thread = new Thread[1];
            mutex.holdDuring(() -> {
                thread[0] = start(() -> mutex.holdDuring(() -> trail.add("plain thread has it")));
                while (thread[0].getState() == Thread.State.RUNNABLE || thread[0].getState() == Thread.State.NEW) {
                    yieldNow();
                }
                sleep(Duration.ofMillis(1));
                trail.add("coroutine lets go");
            });
            return thread[0];
        });
        Await.join(wanting);

        assertThat(trail.entries()).containsExactly("coroutine lets go", "plain thread has it");
    }

    @ParameterizedTest
    @EnumSource
    void excludesFiftyCoroutinesAndAPlainThreadFromEachOther(Kind kind) throws Exception {
        Mutex mutex = kind.create();
        Tally tally = new Tally();
        Thread plain = start(() -> {
            for (int i = 0; i < 1_000; i++) {
                mutex.holdDuring(() -> tally.add(() -> {}));
            }
        });
        run(() -> {
            List<Awaitable<@Nullable Void>> bodies = new ArrayList<>();
            for (int c = 0; c < 50; c++) {
                bodies.add(((Action) () -> {
                            for (int i = 0; i < 20; i++) {
                                mutex.holdDuring(() -> tally.add(Asyncio::yieldNow));
                                yieldNow();
                            }
                        })
                        .asAwaitable());
            }
            await(gather(bodies));
        });
        Await.join(plain);

        assertThat(tally.total).isEqualTo(2_000);
    }

    /** Counts wrongly if two are in it at once. */
    private static final class Tally {
        private int total;

        void add(Action meanwhile) throws Exception {
            int before = total;
            meanwhile.run();
            total = before + 1;
        }
    }

    @ParameterizedTest
    @EnumSource
    void isHandedOnWhenItsHolderIsCancelledInAnAwait(Kind kind) {
        Mutex mutex = kind.create();
        run(() -> {
            Task<@Nullable Void> holder = createTask(() -> mutex.holdDuring(() -> {
                trail.add("first has it");
                sleep(Duration.ofSeconds(60));
            }));
            Task<@Nullable Void> wanting = createTask(() -> mutex.holdDuring(() -> trail.add("second has it")));
            yieldNow();
            holder.cancel();
            await(wanting);
            trail.add("first is cancelled: " + holder.isCancelled());
        });

        assertThat(trail.entries()).containsExactly("first has it", "second has it", "first is cancelled: true");
    }

    @ParameterizedTest
    @EnumSource
    void isTakenInTurnByTheCoroutinesOfTwoLoops(Kind kind) throws Exception {
        Mutex mutex = kind.create();
        Tally tally = new Tally();
        Action hundredTimes = () -> {
            for (int i = 0; i < 100; i++) {
                mutex.holdDuring(() -> tally.add(Asyncio::yieldNow));
            }
        };
        Action[] ten = new Action[10];
        Arrays.fill(ten, hundredTimes);
        Thread other = start(() -> run(() -> {
            await(gather(ten));
        }));
        run(() -> {
            await(gather(ten));
        });
        Await.join(other);

        assertThat(tally.total).isEqualTo(2_000);
    }
}
