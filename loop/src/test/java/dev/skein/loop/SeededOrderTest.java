package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The order of coroutines in a loop with a seed: which there is, and what it never touches. */
@Execution(ExecutionMode.CONCURRENT)
class SeededOrderTest {
    private static TestLoop seeded(long seed) {
        return new TestLoop(options -> options.withSeed(seed));
    }

    /** Three tasks in three rounds. */
    private static List<String> orderOf(TestLoop loop) {
        Trail trail = new Trail();
        loop.run(() -> gather(() -> threeTimes(trail, "a"), () -> threeTimes(trail, "b"), () -> threeTimes(trail, "c"))
                .await());
        return trail.entries();
    }

    private static void threeTimes(Trail trail, String name) {
        for (int i = 1; i <= 3; i++) {
            trail.add(name + i);
            yieldNow();
        }
    }

    @Test
    void withoutASeedTheyRunInTheOrderInWhichTheyBecameReady() {
        try (TestLoop loop = new TestLoop()) {
            assertThat(orderOf(loop)).containsExactly("a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3");
        }
    }

    @Test
    void theSameSeedGivesTheSameOrder() {
        try (TestLoop one = seeded(42);
                TestLoop other = seeded(42)) {
            assertThat(orderOf(one)).isEqualTo(orderOf(other));
        }
    }

    @Test
    void howLongTheStepsTakeDoesNotChangeTheOrder() {
        try (TestLoop quick = seeded(42);
                TestLoop slow = seeded(42)) {
            assertThat(orderWithATaskOfNettys(slow, 500_000))
                    .endsWith("step 10", "a task of Netty's")
                    .isEqualTo(orderWithATaskOfNettys(quick, 0));
        }
    }

    /** Netty's tasks have their turn between two passes, so that the order shows where a pass ends. */
    private static List<String> orderWithATaskOfNettys(TestLoop loop, long nanosOfAStep) {
        Trail trail = new Trail();
        loop.run(() -> {
            Future<String> ran = loop.createFuture();
            loop.loop().eventLoop().execute(() -> {
                trail.add("a task of Netty's");
                ran.setResult("ran");
            });
            for (int i = 1; i <= 10; i++) {
                trail.add("step " + i);
                computeFor(nanosOfAStep);
                yieldNow();
            }
            ran.await();
        });
        return trail.entries();
    }

    private static void computeFor(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    @Test
    void amongManySeedsEachOrderOfARoundOccurs() {
        Set<List<String>> firstRounds = new HashSet<>();
        TestLoop.forEachSeed(100, loop -> firstRounds.add(orderOf(loop).subList(0, 3)));

        assertThat(firstRounds).hasSize(6);
    }

    @Test
    void stepsBeforeACallbackChangePlacesAsThoseBehindItDo() {
        Set<List<String>> before = new HashSet<>();
        Set<List<String>> behind = new HashSet<>();
        TestLoop.forEachSeed(100, loop -> {
            Trail trail = new Trail();
            loop.run(() -> {
                List.of("a", "b", "c").forEach(name -> createTask(() -> trail.add(name)));
                loop.callSoon(() -> trail.add("callback"));
                List.of("d", "e", "f").forEach(name -> createTask(() -> trail.add(name)));
                yieldNow();
            });
            before.add(trail.entries().subList(0, 3));
            behind.add(trail.entries().subList(4, trail.entries().size()));
        });
        assertThat(before).hasSize(6);
        assertThat(behind).hasSizeGreaterThanOrEqualTo(6);
    }

    @Test
    void noSeedMovesAStepIntoAnotherRound() {
        TestLoop.forEachSeed(100, loop -> {
            List<String> order = orderOf(loop);
            assertThat(order.subList(0, 3)).containsExactlyInAnyOrder("a1", "b1", "c1");
            assertThat(order.subList(3, 6)).containsExactlyInAnyOrder("a2", "b2", "c2");
            assertThat(order.subList(6, 9)).containsExactlyInAnyOrder("a3", "b3", "c3");
        });
    }

    @Test
    void callbacksKeepTheirOrderAndNoStepMovesPastOne() {
        TestLoop.forEachSeed(100, loop -> {
            Trail trail = new Trail();
            loop.run(() -> {
                createTask(() -> trail.add("a"));
                createTask(() -> trail.add("b"));
                loop.callSoon(() -> trail.add("first"));
                loop.callSoon(() -> trail.add("second"));
                createTask(() -> trail.add("c"));
                yieldNow();
            });
            assertThat(trail.entries().subList(0, 2)).containsExactlyInAnyOrder("a", "b");
            assertThat(trail.entries().subList(2, 5)).containsExactly("first", "second", "c");
        });
    }

    @Test
    void awaitersAndCallbacksOfAFutureKeepTheirOrderWithASeed() {
        TestLoop.forEachSeed(100, loop -> {
            Trail trail = new Trail();
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<?> before = createTask(() -> trail.add("before " + future.await()));
                loop.settle();
                future.addDoneCallback(done -> trail.add("watch"));
                Task<?> after = createTask(() -> trail.add("after " + future.await()));
                loop.settle();
                future.setResult("x");
                gather(before, after).await();
            });
            assertThat(trail.entries()).containsExactly("before x", "watch", "after x");
        });
    }

    @Test
    void aFailureNamesTheSeed() {
        try (TestLoop loop = seeded(42)) {
            IllegalStateException broken = new IllegalStateException("broken");
            assertThatThrownBy(() -> loop.run(() -> {
                        throw broken;
                    }))
                    .isSameAs(broken);
            assertThat(broken.getSuppressed())
                    .singleElement()
                    .asString()
                    .endsWith("the order was that of seed 42: new TestLoop(o -> o.withSeed(42)) repeats it");
        }
    }

    @Test
    void soDoesWhatClosingFindsAndWhatWaitsForEver() {
        TestLoop loop = seeded(7);
        assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                .hasMessageStartingWith("deadlock: every task waits, and no timer is pending")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        loop.run(() -> createTask(() -> {
            throw new IllegalStateException("nobody looks");
        }));
        loop.run(() -> yieldNow());
        assertThatThrownBy(loop::close)
                .isInstanceOf(AssertionError.class)
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .anyMatch(message -> message.contains("seed 7")));
    }

    @Test
    void theFirstSeedThatFailsIsTheLastAndIsNamed() {
        Trail seeds = new Trail();
        assertThatThrownBy(() -> TestLoop.forEachSeed(10, loop -> {
                    seeds.add("seed");
                    if (seeds.entries().size() == 4) {
                        throw new IllegalStateException("too many");
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("seed 3: java.lang.IllegalStateException: too many")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(seeds.entries()).hasSize(4);
    }
}
