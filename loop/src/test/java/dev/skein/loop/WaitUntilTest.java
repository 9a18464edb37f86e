package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.loop.ReturnWhen.ALL_COMPLETED;
import static dev.skein.loop.ReturnWhen.FIRST_COMPLETED;
import static dev.skein.loop.ReturnWhen.FIRST_EXCEPTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Waiting until all, one, or one that failed are done: which are then done, which pending, and when that is. */
class WaitUntilTest {
    private final Trail trail = new Trail();

    private static Task<?> sleeper(int millis) {
        return createTask(() -> sleep(Duration.ofMillis(millis)));
    }

    private static Task<?> failing(int millis) {
        return createTask(() -> {
            sleep(Duration.ofMillis(millis));
            throw new ArithmeticException("really");
        });
    }

    @Test
    @PortOf("test_tasks.wait")
    void waitUntilReturnsWhenAllAreDoneAndAtOnceIfTheyWere() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(100);
                Task<?> b = sleeper(150);
                for (int i = 0; i < 2; i++) {
                    WaitResult<Task<?>> waited = waitUntil(List.of(b, a), ALL_COMPLETED);
                    assertThat(waited.done()).containsExactly(b, a);
                    assertThat(waited.pending()).isEmpty();
                    assertThat(loop.elapsed()).hasMillis(150);
                }
            });
        }
    }

    @Test
    @PortOf("test_tasks.wait_first_completed")
    void theFirstThatIsDoneCanBeEnough() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(10_000);
                Task<?> b = sleeper(100);
                WaitResult<Task<?>> waited = waitUntil(List.of(b, a), FIRST_COMPLETED);
                assertThat(waited.done()).containsExactly(b);
                assertThat(waited.pending()).containsExactly(a);
                assertThat(a.isDone()).isFalse();
                assertThat(loop.elapsed()).hasMillis(100);

                assertThat(waitUntil(waited.pending(), ALL_COMPLETED).done()).containsExactly(a);
            });
        }
    }

    @Test
    @PortOf("test_tasks.wait_really_done")
    void aFutureDoneWhenTheCallerWakesCountsAsDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = createTask(() -> yieldNow());
                Task<?> b = createTask(() -> {
                    yieldNow();
                    yieldNow();
                });
                WaitResult<Task<?>> waited = waitUntil(List.of(b, a), FIRST_COMPLETED);
                assertThat(waited.done()).containsExactly(b, a);
                assertThat(a.result()).isNull();
                assertThat(b.result()).isNull();
            });
        }
    }

    @Test
    void theCallerWakesTwoRoundsAfterTheOneThatWasEnough() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<?> waiting = createTask(() -> {
                    waitUntil(List.of(future), FIRST_COMPLETED);
                    trail.add("awake");
                });
                yieldNow();
                future.setResult("x");
                while (!waiting.isDone()) {
                    trail.add("round");
                    yieldNow();
                }
            });
        }
        assertThat(trail.entries()).containsExactly("round", "round", "awake");
    }

    @Test
    @PortOf("test_tasks.wait_first_exception")
    void aFailureCanBeEnough() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(10_000);
                Task<?> b = failing(0);
                WaitResult<Task<?>> waited = waitUntil(List.of(b, a), FIRST_EXCEPTION);
                assertThat(waited.done()).containsExactly(b);
                assertThat(waited.pending()).containsExactly(a);
                assertThat(b.exception()).isNotNull();
                assertThat(loop.elapsed()).isZero();
            });
        }
    }

    @Test
    @PortOf("test_tasks.wait_first_exception_in_wait")
    void aFailureThatComesLaterCanBeEnough() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(10_000);
                Task<?> b = failing(10);
                WaitResult<Task<?>> waited = waitUntil(List.of(b, a), FIRST_EXCEPTION);
                assertThat(waited.done()).containsExactly(b);
                assertThat(waited.pending()).containsExactly(a);
                assertThat(b.exception()).isNotNull();
                assertThat(loop.elapsed()).hasMillis(10);
            });
        }
    }

    @Test
    void aCancelledFutureIsNoFirstException() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> cancelled = sleeper(10_000);
                Task<?> slow = sleeper(100);
                Future<String> doneBefore = loop.createFuture();
                doneBefore.cancel();
                loop.callLater(Duration.ofMillis(50), cancelled::cancel);

                WaitResult<Future<?>> waited = waitUntil(List.of(cancelled, slow, doneBefore), FIRST_EXCEPTION);
                assertThat(waited.done()).hasSize(3);
                assertThat(loop.elapsed()).hasMillis(100);
            });
        }
    }

    @Test
    @PortOf("test_tasks.wait_with_exception")
    void whereAllAreAskedForAFailureIsJustOneThatIsDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(100);
                Task<?> b = failing(150);
                for (int i = 0; i < 2; i++) {
                    WaitResult<Task<?>> waited = waitUntil(List.of(b, a), ALL_COMPLETED);
                    assertThat(waited.pending()).isEmpty();
                    assertThat(waited.done())
                            .filteredOn(task -> task.exception() != null)
                            .containsExactly(b);
                    assertThat(loop.elapsed()).hasMillis(150);
                }
            });
        }
    }

    @Test
    @PortOf("test_tasks.wait_with_timeout")
    void waitUntilReturnsWhenTheTimeIsOver() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(100);
                Task<?> b = sleeper(150);
                WaitResult<Task<?>> waited = waitUntil(List.of(b, a), ALL_COMPLETED, Duration.ofMillis(110));
                assertThat(waited.done()).containsExactly(a);
                assertThat(waited.pending()).containsExactly(b);
                assertThat(loop.elapsed()).hasMillis(110);
                b.await();
            });
        }
    }

    @Test
    @PortOf("test_tasks.wait_concurrent_complete")
    void aFutureDoneAtTheMomentOfTheTimeoutCountsAsDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> a = sleeper(100);
                Task<?> b = sleeper(150);
                // Their timers are set before ours.
                yieldNow();
                WaitResult<Task<?>> waited = waitUntil(List.of(b, a), ALL_COMPLETED, Duration.ofMillis(100));
                assertThat(waited.done()).containsExactly(a);
                assertThat(waited.pending()).containsExactly(b);
                assertThat(loop.elapsed()).hasMillis(100);
                assertThat(waitUntil(List.of(a, b), ALL_COMPLETED).done()).containsExactly(a, b);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void withNoTimeItLetsTheOthersHaveTheirTurn(ReturnWhen when) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> quick = createTask(() -> trail.add("ran"));
                Task<?> slow = sleeper(100);
                WaitResult<Task<?>> waited = waitUntil(List.of(slow, quick), when, Duration.ZERO);
                assertThat(waited.done()).containsExactly(quick);
                assertThat(waited.pending()).containsExactly(slow);
                assertThat(loop.elapsed()).isZero();
            });
        }
        assertThat(trail.entries()).containsExactly("ran");
    }

    @Test
    @PortOf("test_tasks.wait_duplicate_coroutines")
    void oneThatIsGivenTwiceCountsOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> test = createTask(() -> "test");
                Task<String> spam = createTask(() -> "spam");
                WaitResult<Task<String>> waited = waitUntil(List.of(test, test, spam), ALL_COMPLETED);
                assertThat(waited.pending()).isEmpty();
                assertThat(waited.done()).extracting(Task::result).containsExactly("test", "spam");
                assertThat(waitUntil(List.of(spam, spam), ALL_COMPLETED).done()).hasSize(1);
            });
        }
    }

    /** Its members are made while it is iterated, which can be done once. */
    private static <E> Collection<E> once(Stream<E> members, int size) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<E> iterator() {
                return members.iterator();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    @Test
    @PortOf("test_tasks.wait_with_iterator_of_tasks")
    @PortOf("test_tasks.wait_generator")
    void aCollectionIsIteratedOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Collection<Task<Integer>> made = once(IntStream.range(0, 10).mapToObj(i -> createTask(() -> i)), 10);
                WaitResult<Task<Integer>> waited = waitUntil(made, ALL_COMPLETED);
                assertThat(waited.done()).hasSize(10);
                assertThat(waited.pending()).isEmpty();

                Task<?> a = sleeper(100);
                Task<?> b = sleeper(150);
                assertThat(waitUntil(once(Stream.of(b, a), 2), ALL_COMPLETED).done())
                        .containsExactly(b, a);
                assertThat(loop.elapsed()).hasMillis(150);
            });
        }
    }

    @Test
    @PortOf("test_tasks.yield_wait_does_not_shield_cancel")
    void cancellingTheCallerCancelsNoneOfThem() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> waiter = loop.createFuture();
                Task<?> inner = createTask(() -> {
                    waiter.await();
                    trail.add("inner");
                });
                Task<?> outer = createTask(() -> {
                    waitUntil(List.of(inner), ALL_COMPLETED);
                    trail.add("outer");
                });
                loop.settle();
                outer.cancel("why");
                assertThatThrownBy(outer::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("why");
                assertThat(inner).hasToString("Task[name=" + inner.name() + ", pending, waiting on Future]");
                waiter.setResult("x");
                inner.await();
            });
        }
        assertThat(trail.entries()).containsExactly("inner");
    }

    @Test
    void noWatcherAndNoTimerStaysBehind() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> pending = loop.createFuture("Lock.acquire");
                Future<String> quick = loop.createFuture();
                quick.setResult("x");
                waitUntil(List.of(pending, quick), FIRST_COMPLETED, Duration.ofHours(1));
                assertThat(pending).hasToString("Lock.acquire[pending]");
            });
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
            assertThat(loop.elapsed()).isZero();
        }
    }

    @Test
    void aTextOfTheCallerSaysWhatItWaitsFor() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> slow = sleeper(100);
                Task<?> waiting = createTask(() -> waitUntil(List.of(slow), ALL_COMPLETED), "main");
                yieldNow();
                assertThat(waiting).hasToString("Task[name=main, pending, waiting on waitUntil]");
            });
        }
    }
}
