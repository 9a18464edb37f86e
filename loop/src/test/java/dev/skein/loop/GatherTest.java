package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several awaitables as one future: its results, its first failure, and what happens to the others. */
class GatherTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.success")
    @PortOf("test_tasks.constructor_homogenous_futures")
    void theResultsAreInTheOrderOfTheArguments() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> a = loop.createFuture();
                Future<Integer> b = loop.createFuture();
                Future<Integer> c = loop.createFuture();
                Future<List<Integer>> all = gather(a, b, c);
                all.addDoneCallback(done -> trail.add("done"));
                assertThat(all.loop()).isSameAs(loop.loop());
                Future<List<Integer>> again = gather(a, b, c);
                yieldNow();
                assertThat(all.isDone()).isFalse();
                assertThat(again.isDone()).isFalse();
                b.setResult(1);
                a.setResult(2);
                sleep(Duration.ofSeconds(1));
                trail.add(all.isDone());
                c.setResult(3);
                sleep(Duration.ofSeconds(1));
                trail.add(all.result());
            });
        }
        assertThat(trail.entries()).containsExactly("false", "done", "[2, 1, 3]");
    }

    @Test
    @PortOf("test_tasks.constructor_use_running_loop")
    void lambdasRunTogetherAsTasksOfTheirOwn() {
        try (TestLoop loop = new TestLoop()) {
            List<String> results = loop.run(() -> {
                Future<List<String>> all = gather(slow("a", 3), slow("b", 1), slow("c", 2));
                assertThat(all.loop()).isSameAs(loop.loop());
                return all.await();
            });
            assertThat(results).containsExactly("a", "b", "c");
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(3));
        }
        assertThat(trail.entries()).containsExactly("b", "c", "a");
    }

    private Awaitable<String> slow(String name, int seconds) {
        return () -> {
            sleep(Duration.ofSeconds(seconds));
            trail.add(name);
            return name;
        };
    }

    @Test
    void gatherTakesAnyMixtureOfLambdasFuturesAndTasks() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> done = loop.createFuture();
                done.setResult(1);
                Task<Integer> task = createTask(() -> 2);
                Awaitable<Integer> lambda = () -> 3;

                assertThat(gather(done, task, lambda).await()).containsExactly(1, 2, 3);
                assertThat(gather(List.of(lambda, done)).await()).containsExactly(3, 1);
                Future<List<Number>> numbers = gather(done, () -> 2.5);
                assertThat(numbers.await()).containsExactly(1, 2.5);
            });
        }
    }

    @Test
    @PortOf("test_tasks.constructor_empty_sequence_use_running_loop")
    void ofNothingIsADoneFutureOfAnEmptyList() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<List<String>> nothing = gather();
                assertThat(nothing.loop()).isSameAs(loop.loop());
                assertThat(nothing.isDone()).isTrue();
                assertThat(nothing.result()).isEmpty();
            });
        }
    }

    @Test
    @PortOf("test_tasks.constructor_without_loop")
    @PortOf("test_tasks.constructor_empty_sequence_without_loop")
    void outsideALoopItIsRefused() {
        assertThatThrownBy(() -> gather(() -> "abc", () -> "def"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
        assertThatThrownBy(() -> gather()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @PortOf("test_tasks.constructor_heterogenous_futures")
    void futuresOfAnotherLoopAreRefused() {
        try (TestLoop other = new TestLoop();
                TestLoop loop = new TestLoop()) {
            Future<String> foreign = other.run(() -> other.createFuture());
            loop.run(() -> {
                Future<String> own = loop.createFuture();
                assertThatThrownBy(() -> gather(own, foreign))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("belongs to another loop");
            });
        }
    }

    @Test
    @PortOf("test_tasks.duplicate_coroutines")
    void aFutureThatIsGivenTwiceCountsOnceAndItsResultIsThereTwice() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> abc = createTask(slow("abc", 1));
                assertThat(gather(abc, abc, () -> "def", abc).await()).containsExactly("abc", "abc", "def", "abc");
            });
        }
        assertThat(trail.entries()).containsExactly("abc");
    }

    @Test
    void aHundredThousandTimesTheSameFutureIsOneChild() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> one = loop.createFuture();
                Future<List<String>> all = gather(Collections.nCopies(100_000, one));
                assertThat(one).hasToString("Future[pending, waiters=1]");
                one.setResult("x");
                assertThat(all.await()).hasSize(100_000).containsOnly("x");
            });
        }
    }

    @Test
    void aLambdaThatIsGivenTwiceRunsTwice() {
        Awaitable<String> awaitable = slow("awaitable", 1);
        Action action = () -> trail.add("action");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThat(gather(awaitable, awaitable).await()).containsExactly("awaitable", "awaitable");
                gather(action, action).await();
            });
        }
        assertThat(trail.entries()).containsExactly("awaitable", "awaitable", "action", "action");
    }

    @Test
    @PortOf("test_tasks.one_exception")
    void theFirstFailureEndsItAndTheOthersGoOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> a = loop.createFuture();
                Future<Integer> b = loop.createFuture();
                Future<Integer> c = loop.createFuture();
                Future<Integer> d = loop.createFuture();
                Future<Integer> e = loop.createFuture();
                Future<List<Integer>> all = gather(a, b, c, d, e);
                all.addDoneCallback(done -> trail.add("done"));
                RuntimeException failure = new RuntimeException("b");
                a.setResult(1);
                b.setException(failure);
                yieldNow();

                assertThat(all.exception()).isSameAs(failure);
                assertThat(c.isDone()).isFalse();
                c.setResult(3);
                d.cancel();
                e.setException(new RuntimeException("e"));
                sleep(Duration.ofSeconds(1));
                assertThat(all.exception()).isSameAs(failure);
            });
        }
        assertThat(trail.entries()).containsExactly("done");
    }

    @Test
    void siblingsOfAFailureRunToTheirEnd() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<?> all = gather(slow("sibling", 2), () -> {
                    sleep(Duration.ofSeconds(1));
                    throw new IllegalArgumentException("broken");
                });
                assertThatThrownBy(all::await).hasMessage("broken");
                trail.add("failed");
                sleep(Duration.ofSeconds(2));
            });
        }
        assertThat(trail.entries()).containsExactly("failed", "sibling");
    }

    @Test
    void ofThoseThatHadFailedBeforeItIsTheFirstArgumentThatCounts() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Future<String>> failed = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    Future<String> future = loop.createFuture();
                    future.setException(new RuntimeException("number " + i));
                    failed.add(future);
                }
                assertThatThrownBy(gather(failed)::await).hasMessage("number 0");
            });
        }
    }

    @Test
    @PortOf("test_tasks.exception_marking")
    void theFailuresThatLostTheRaceAreNotReported() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> a = loop.createFuture();
                Future<String> b = loop.createFuture();
                Task<?> outer =
                        createTask(() -> gather(failAfter(a), failAfter(b)).await());
                loop.settle();
                a.setResult("x");
                yieldNow();
                b.setResult("x");
                assertThatThrownBy(outer::await).hasMessage("should not be ignored");
                sleep(Duration.ofSeconds(1));
            });
        }
    }

    private static Action failAfter(Future<String> future) {
        return () -> {
            future.await();
            throw new RuntimeException("should not be ignored");
        };
    }

    @Test
    void theTextOfAGatherShowsItsStateAndCountsItsChildren() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<List<String>> all = gather(slow("a", 1), slow("b", 2));
                assertThat(all).hasToString("Gather[pending, children=2]");
                assertThat(all.await()).containsExactly("a", "b");
                assertThat(all).hasToString("Gather[result=[a, b], children=2]");
            });
        }
    }

    @Test
    void actionsGiveNothing() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<?> all = gather(() -> trail.add("one"), () -> trail.add("two"), () -> sleep(LONG));
                all.await();
                trail.add(all.result());
            });
        }
        assertThat(trail.entries()).containsExactly("one", "two", "[null, null, null]");
    }

    @Test
    @SuppressWarnings("NullAway") // a mistake
    void nullAmongItsActionsIsRefusedByItsNumber() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> assertThatThrownBy(() -> gather(() -> {}, (Action) null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("actions: element 1 is null"));
        }
    }
}
