package dev.skein.loop;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is called when a future is done: once, in a round of its own, in the order of registration. */
@SuppressWarnings("UnnecessaryLambda") // taken back by their identity
class DoneCallbackTest {
    private final Trail trail = new Trail();

    private final Consumer<Future<String>> one = done -> trail.add("one");
    private final Consumer<Future<String>> two = done -> trail.add("two");
    private final Consumer<Future<String>> three = done -> trail.add("three");

    @Test
    @PortOf("test_futures.callbacks_invoked_on_set_result")
    void aResultCallsThemInOrderAndNeverInline() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                future.setResult("x");
                trail.add("set");
                yieldNow();
                trail.add(future.result());
            });
        }
        assertThat(trail.entries()).containsExactly("set", "one", "two", "three", "x");
    }

    @Test
    @PortOf("test_futures.callbacks_invoked_on_set_exception")
    void anExceptionCallsThemToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                future.setException(new RuntimeException("no"));
                trail.add("set");
                yieldNow();
                trail.add(String.valueOf(future.exception()));
            });
        }
        assertThat(trail.entries()).containsExactly("set", "one", "two", "three", "java.lang.RuntimeException: no");
    }

    @Test
    void aCancellationCallsThemToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                future.cancel();
                trail.add("cancelled");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("cancelled", "one", "two", "three");
    }

    @Test
    @PortOf("test_futures.callbacks_remove_first_callback")
    void theFirstCanBeTakenBack() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                trail.add(future.removeDoneCallback(one));
                trail.add(future.removeDoneCallback(one));
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("1", "0", "two", "three");
    }

    @Test
    @PortOf("test_futures.callbacks_remove_first_and_second_callback")
    void theFirstAndTheSecondCanBeTakenBack() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                trail.add(future.removeDoneCallback(one));
                trail.add(future.removeDoneCallback(two));
                trail.add(future.removeDoneCallback(one));
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("1", "1", "0", "three");
    }

    @Test
    @PortOf("test_futures.callbacks_remove_third_callback")
    void theLastCanBeTakenBack() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                trail.add(future.removeDoneCallback(three));
                trail.add(future.removeDoneCallback(three));
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("1", "0", "one", "two");
    }

    @Test
    @PortOf("test_futures.remove_done_callback")
    void takingBackGivesTheNumberOfRegistrations() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.addDoneCallback(one);
                future.addDoneCallback(two);
                trail.add(future.removeDoneCallback(two));
                trail.add(future.removeDoneCallback(three));
                future.addDoneCallback(two);
                for (int i = 0; i < 5; i++) {
                    future.addDoneCallback(one);
                }
                trail.add(future.removeDoneCallback(one));
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("1", "0", "6", "two");
    }

    @Test
    @PortOf("test_futures.remove_done_callbacks_list_mutation")
    @PortOf("test_futures.remove_done_callbacks_list_clear")
    @PortOf("test_futures.schedule_callbacks_list_mutation_2")
    void doneCallbacksAreComparedByIdentityNotByEquals() {
        record Evil(Trail trail) implements Consumer<Future<String>> {
            @Override
            public void accept(Future<String> done) {
                trail.add("evil");
            }

            @Override
            public boolean equals(@Nullable Object other) {
                throw new AssertionError("compared");
            }

            @Override
            public int hashCode() {
                return 1;
            }
        }
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = withOneTwoThree(loop);
                future.addDoneCallback(new Evil(trail));
                trail.add(future.removeDoneCallback(new Evil(trail)));
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("0", "one", "two", "three", "evil");
    }

    @Test
    @PortOf("test_futures.schedule_callbacks_list_mutation_1")
    void oneThatRunsCannotTakeBackTheOthersAnyMore() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.addDoneCallback(done -> trail.add(done.removeDoneCallback(two)));
                future.addDoneCallback(two);
                future.addDoneCallback(two);
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("0", "two", "two");
    }

    @Test
    void oneThatIsAddedByAnotherRunsARoundLater() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.addDoneCallback(done -> {
                    trail.add("adds");
                    done.addDoneCallback(one);
                });
                future.addDoneCallback(two);
                future.setResult("x");
                yieldNow();
                trail.add("next round");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("adds", "two", "next round", "one");
    }

    @Test
    void onADoneFutureItRunsInTheNextRound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.setResult("x");
                future.addDoneCallback(done -> trail.add("called with " + done.result()));
                trail.add("added");
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("added", "called with x");
    }

    @Test
    void awaitersAndCallbacksTakeTurnsInTheOrderInWhichTheyCame() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                future.addDoneCallback(one);
                loop.loop().createTask(() -> {
                    future.await();
                    trail.add("task");
                });
                yieldNow();
                future.addDoneCallback(three);
                future.setResult("x");
                sleep(Duration.ofSeconds(1));
            });
        }
        assertThat(trail.entries()).containsExactly("one", "task", "three");
    }

    @Test
    void aThousandAreCalledInOrder() {
        List<Integer> called = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                for (int i = 0; i < 1_000; i++) {
                    int number = i;
                    future.addDoneCallback(done -> called.add(number));
                }
                future.setResult("x");
                yieldNow();
            });
        }
        assertThat(called).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }

    private Future<String> withOneTwoThree(TestLoop loop) {
        Future<String> future = loop.createFuture();
        future.addDoneCallback(one);
        future.addDoneCallback(two);
        future.addDoneCallback(three);
        return future;
    }
}
