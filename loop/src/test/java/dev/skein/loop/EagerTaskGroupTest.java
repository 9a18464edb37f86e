package dev.skein.loop;

import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The cases of task groups once more, with tasks that start eagerly, as CPython's suite runs them; and what only then happens. */
class EagerTaskGroupTest {
    private final Trail trail = new Trail();

    static TestLoop eagerLoop() {
        return new TestLoop(o -> o.withEagerStart());
    }

    @Nested
    class Failures extends TaskGroupFailureTest {
        @Override
        TestLoop newLoop() {
            return eagerLoop();
        }
    }

    @Nested
    class Cancellations extends TaskGroupCancellationTest {
        @Override
        TestLoop newLoop() {
            return eagerLoop();
        }
    }

    @Nested
    class EarlyEnds extends TaskGroupEarlyEndTest {
        @Override
        TestLoop newLoop() {
            return eagerLoop();
        }
    }

    @Nested
    class FailuresThrown extends TaskGroupErrorTest {
        @Override
        TestLoop newLoop() {
            return eagerLoop();
        }
    }

    @Nested
    class Counts extends TaskGroupCountTest {
        @Override
        TestLoop newLoop() {
            return eagerLoop();
        }
    }

    @Nested
    class EarlyEndLosses extends TaskGroupEarlyEndLossTest {
        @Override
        TestLoop newLoop() {
            return eagerLoop();
        }
    }

    @Test
    void aTaskThatFailedInsideCreateTaskIsLookedAtInTheNextRound() {
        try (TestLoop loop = eagerLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> taskGroup(group -> {
                            Task<?> failed = group.createTask((Action) () -> {
                                throw new ArithmeticException("at once");
                            });
                            trail.add(failed.isDone());
                            trail.add(group);
                            assertThat(group.createTask(() -> "joined").result())
                                    .isEqualTo("joined");
                            yieldNow();
                            trail.add("after an await");
                        }))
                        .isInstanceOf(ExceptionGroup.class)
                        .hasSuppressedException(new ArithmeticException("at once"));
            });
        }
        assertThat(trail.entries()).containsExactly("true", "TaskGroup[open, tasks=1]");
    }

    @Test
    void aGroupOfTasksThatEndedInCreateTaskEndsInTheNextRound() {
        try (TestLoop loop = eagerLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    Task<?> done = group.createTask(() -> {});
                    assertThat(done.isDone()).isTrue();
                    loop.callSoon(() -> trail.add(group));
                });
                trail.add("returned");
            });
        }
        assertThat(trail.entries()).containsExactly("TaskGroup[finished, tasks=0]", "returned");
    }
}
