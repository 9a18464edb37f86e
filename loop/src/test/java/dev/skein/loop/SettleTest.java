package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.sync.Queue;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@code TestLoop.settle}. */
class SettleTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Trail trail = new Trail();

    /** Each awaits the next one, and the last one {@code end}: in Java's own stack, one task a round. */
    private static Task<?> chain(int length, Future<?> end) {
        return createTask(() -> {
            if (length == 1) {
                end.await();
            } else {
                chain(length - 1, end).await();
            }
        });
    }

    @Test
    void aTaskThatSettlesGoesOnWhenAllOthersWait() {
        TestLoop.forEachSeed(
                5,
                loop -> loop.run(() -> {
                    Future<String> end = loop.createFuture();
                    Task<?> first = chain(300, end);
                    loop.settle();
                    assertThat(end.awaitedBy()).hasSize(1);
                    assertThat(loop.loop().allTasks()).hasSize(301);
                    end.setResult("end");
                    loop.settle();
                    assertThat(first.isDone()).isTrue();
                }));
    }

    @Test
    void settlingSaysWhoWaitsInAQueue() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Queue<String> queue = new Queue<>();
                createTask(queue::get);
                createTask(queue::get);
                loop.settle();
                assertThat(queue).hasToString("Queue[size=0, getters=2]");
            });
        }
    }

    @Test
    void settlingReachesTheTimersThatAreDueAndNoOthers() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callLater(Duration.ZERO, () -> loop.callLater(Duration.ZERO, () -> trail.add("due")));
                loop.callLater(Duration.ofNanos(1), () -> trail.add("later"));
                createTask(() -> sleep(SECOND));
                loop.settle();
                assertThat(trail.entries()).containsExactly("due");
                assertThat(loop.elapsed()).isZero();
            });
        }
    }

    @Test
    void tasksThatSettleAtOneTimeDoNotWaitForEachOther() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 0; i < 3; i++) {
                    createTask(() -> {
                        loop.settle();
                        trail.add("settled");
                    });
                }
                loop.settle();
                loop.settle();
            });
        }
        assertThat(trail.entries()).containsExactly("settled", "settled", "settled");
    }

    @Test
    void aThreadThatWorksIsNotWaitedFor() {
        CountDownLatch released = new CountDownLatch(1);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> working = createTask(() -> toThread(() -> {
                    Await.latch(released);
                    return "done";
                }));
                loop.settle();
                assertThat(working.isDone()).isFalse();
                released.countDown();
                assertThat(working.await()).isEqualTo("done");
            });
        }
    }

    @Test
    void aPlainThreadRunsTheLoopUntilItSettles() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                createTask(() -> {
                    for (int i = 0; i < 300; i++) {
                        yieldNow();
                    }
                    trail.add("steps");
                    sleep(SECOND);
                    trail.add("slept");
                });
            });
            trail.add("run");
            loop.settle();
            trail.add("settled");
        }
        assertThat(trail.entries()).containsExactly("run", "steps", "settled");
    }

    @Test
    void aTaskThatNeverWaitsFailsSettleWithItsName() {
        try (TestLoop loop = new TestLoop()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> loop.run(() -> {
                        createTask(
                                () -> {
                                    while (true) {
                                        yieldNow();
                                    }
                                },
                                "busy");
                        loop.settle();
                    }))
                    .withMessageStartingWith("not settled after 1000 passes: a callback or a task is ready each time."
                            + " Let it wait for a future or for time. Tasks that are not done: [Task[name=Task-")
                    .withMessageContaining("Task[name=busy, pending]");
        }
    }

    @Test
    void aFailureToSettleNamesTenTasksAtMost() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Task<?>> waiting = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    waiting.add(createTask(() -> sleep(SECOND)));
                }
                Task<?> busy = createTask(() -> {
                    while (true) {
                        yieldNow();
                    }
                });
                assertThatIllegalStateException().isThrownBy(loop::settle).withMessageEndingWith("] and 12 more");
                assertThat(waiting).noneMatch(Task::isDone);
                busy.cancel();
            });
        }
    }

    @Test
    void aTaskThatIsCancelledWhileItSettlesLeavesNothingBehind() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> settling = createTask(loop::settle);
                yieldNow();
                settling.cancel();
                assertThatThrownBy(settling::await).isInstanceOf(CancelledError.class);
                loop.settle();
            });
        }
    }

    @Test
    void aCallbackCannotSettle() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(loop::settle);
                loop.settle();
            });
            assertThat(loop.errors()).hasSize(1);
            assertThat(loop.errors().getFirst().exception()).containsInstanceOf(IllegalStateException.class);
        }
    }
}
