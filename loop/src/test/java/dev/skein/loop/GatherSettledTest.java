package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gatherSettled;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several awaitables as one future that ends when all are done, in whatever way. */
class GatherSettledTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.result_exception_success")
    void allAreDoneInTheOrderOfTheArguments() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> a = loop.createFuture();
                Future<Integer> b = loop.createFuture();
                Future<Integer> c = loop.createFuture();
                Future<List<Future<Integer>>> all = gatherSettled(a, b, c);
                all.addDoneCallback(done -> trail.add("done"));
                b.setResult(1);
                a.setResult(2);
                sleep(Duration.ofSeconds(1));
                trail.add(all.isDone());
                c.setResult(3);
                sleep(Duration.ofSeconds(1));
                assertThat(all.result()).extracting(Future::result).containsExactly(2, 1, 3);
            });
        }
        assertThat(trail.entries()).containsExactly("false", "done");
    }

    @Test
    @PortOf("test_tasks.return_exceptions")
    void failuresAreWithTheirFuturesAndNoneIsThrown() {
        IOException failure1 = new IOException("c");
        RuntimeException failure2 = new RuntimeException("d");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> a = loop.createFuture();
                Future<Integer> b = loop.createFuture();
                Future<Integer> c = loop.createFuture();
                Future<Integer> d = loop.createFuture();
                Future<List<Future<Integer>>> all = gatherSettled(a, b, c, d);
                all.addDoneCallback(done -> trail.add("done"));
                b.setResult(1);
                c.setException(failure1);
                a.setResult(3);
                yieldNow();
                assertThat(all.isDone()).isFalse();
                d.setException(failure2);
                yieldNow();

                assertThat(all.result()).map(f -> (Object) f).containsExactly(a, b, c, d);
                assertThat(all.result().get(2).exception()).isSameAs(failure1);
                assertThat(all.result().get(3).exception()).isSameAs(failure2);
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("done");
    }

    @Test
    @PortOf("test_tasks.result_exception_one_cancellation")
    void oneThatIsCancelledIsDoneLikeTheOthers() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Integer> a = loop.createFuture();
                Future<Integer> b = loop.createFuture();
                Future<Integer> c = loop.createFuture();
                Future<Integer> d = loop.createFuture();
                Future<Integer> e = loop.createFuture();
                Future<Integer> f = loop.createFuture();
                Future<List<Future<Integer>>> all = gatherSettled(a, b, c, d, e, f);
                all.addDoneCallback(done -> trail.add("done"));
                a.setResult(1);
                b.setException(new ArithmeticException("b"));
                c.cancel();
                yieldNow();
                assertThat(all.isDone()).isFalse();
                d.setResult(3);
                e.cancel("why");
                f.setException(new IOException("f"));
                List<Future<Integer>> settled = all.await();
                assertThat(settled)
                        .extracting(Future::isCancelled)
                        .containsExactly(false, false, true, false, true, false);
                assertThat(settled.get(0).result() + settled.get(3).result()).isEqualTo(4);
                assertThat(settled.get(1).exception()).hasMessage("b");
                assertThat(settled.get(5).exception()).hasMessage("f");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("done");
    }

    @Test
    void gatherSettledTakesLambdasActionsAndCollections() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Awaitable<Integer> lambda = () -> 1;
                Task<Integer> task = createTask(() -> 2);
                assertThat(gatherSettled(lambda, task).await())
                        .extracting(Future::result)
                        .containsExactly(1, 2);
                assertThat(gatherSettled(List.of(task, task)).await())
                        .extracting(Future::result)
                        .containsExactly(2, 2);
                assertThat(gatherSettled(() -> trail.add("one"), () -> trail.add("two"))
                                .await())
                        .hasSize(2);
            });
        }
        assertThat(trail.entries()).containsExactly("one", "two");
    }

    @Test
    void gatherSettledTakesNettysFutures() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                var good = loop.loop().eventLoop().newSucceededFuture("x");
                var bad = loop.loop().eventLoop().<String>newFailedFuture(new IOException("gone"));
                List<Future<String>> all = gatherSettled(good, bad).await();
                assertThat(all.getFirst().result()).isEqualTo("x");
                assertThat(all.getLast().exception()).hasMessage("gone");
            });
        }
    }

    @Test
    void ofNothingIsADoneFutureOfAnEmptyList() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<List<Future<String>>> nothing = gatherSettled();
                assertThat(nothing.result()).isEmpty();
                Future<String> done = loop.createFuture();
                done.setResult("x");
                assertThat(gatherSettled(done).isDone()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_tasks.cancel_gather_2")
    void cancellingTheAwaiterOfAGatherSettledKeepsTheMessage() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    while (true) {
                        gatherSettled(() -> sleep(Duration.ofMillis(50))).await();
                    }
                });
                sleep(Duration.ofMillis(220));
                task.cancel("my message");
                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("my message");
            });
        }
    }

    @Test
    void cancelledItEndsWhenAllHaveAndThenHoldsTheErrorAsItsException() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> quick = createTask(() -> sleep(LONG));
                Task<?> slow = createTask(() -> {
                    try {
                        sleep(LONG);
                    } finally {
                        sleep(Duration.ofSeconds(5));
                        trail.add("slow has cleaned up");
                    }
                });
                Future<?> both = gatherSettled(List.of(quick, slow));
                yieldNow();
                assertThat(both.cancel("why")).isTrue();
                assertThatThrownBy(() -> await(both))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("why");
                trail.add("gather is done");
                assertThat(both.isCancelled()).isFalse();
                assertThat(both.exception()).isInstanceOf(CancelledError.class);
                assertThat(both.cancel()).isFalse();
            });
            assertThat(loop.elapsed()).hasSeconds(5);
        }
        assertThat(trail.entries()).containsExactly("slow has cleaned up", "gather is done");
    }

    @Test
    void aGatherSettledIsCancelledEvenIfAllChildrenRefuse() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> stubborn = createTask(() -> {
                    try {
                        sleep(LONG);
                        return "slept";
                    } catch (CancelledError refused) {
                        return "refused";
                    }
                });
                Future<List<Future<String>>> all = gatherSettled(stubborn);
                yieldNow();
                all.cancel();
                assertThatThrownBy(all::await).isInstanceOf(CancelledError.class);
                assertThat(stubborn.result()).isEqualTo("refused");
            });
        }
    }
}
