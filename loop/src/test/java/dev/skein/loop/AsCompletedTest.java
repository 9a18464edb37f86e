package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
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
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** A plain {@code for} over futures in the order in which they are done. */
class AsCompletedTest {
    private final Trail trail = new Trail();

    private static Awaitable<String> sleeper(int seconds) {
        return () -> {
            sleep(Duration.ofSeconds(seconds));
            return "slept " + seconds;
        };
    }

    @Test
    @PortOf("test_tasks.as_completed")
    void futuresComeInTheOrderInWhichTheyAreDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Future<String> done : asCompleted(sleeper(10), sleeper(5), sleeper(0))) {
                    trail.add(done.result() + " at " + loop.elapsed().toSeconds());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("slept 0 at 0", "slept 5 at 5", "slept 10 at 10");
    }

    @Test
    @PortOf("test_tasks.as_completed_same_tasks_in_as_out")
    void theVeryTasksThatWentInComeOut() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> a = createTask(sleeper(2));
                Task<String> b = createTask(sleeper(1));
                List<Future<String>> out = new ArrayList<>();
                for (Future<String> done : asCompleted(a, b)) {
                    out.add(done);
                }
                assertThat(out).map(f -> (Object) f).containsExactly(b, a);

                out.clear();
                for (Future<String> done : asCompleted(sleeper(0), a, sleeper(0), b)) {
                    out.add(done);
                }
                assertThat(out).hasSize(4).allMatch(done -> done instanceof Task);
                assertThat(out).map(f -> (Object) f).contains(a, b);
            });
        }
    }

    @Test
    @PortOf("test_tasks.as_completed_coroutine_use_running_loop")
    void aLambdaComesOutAsItsTask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Future<Integer> done : asCompleted(() -> 42)) {
                    assertThat(done).isInstanceOf(Task.class);
                    trail.add(done.await());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("42");
    }

    @Test
    @PortOf("test_tasks.as_completed_resume_iterator")
    void aSecondLoopGoesOnWhereTheFirstStopped() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterable<Future<String>> all = asCompleted(sleeper(4), sleeper(1), sleeper(3), sleeper(2));
                for (Future<String> done : all) {
                    trail.add(done.result());
                    if (loop.elapsed().toSeconds() == 2) {
                        break;
                    }
                }
                trail.add("break");
                for (Future<String> done : all) {
                    trail.add(done.result());
                }
                assertThat(all.iterator().hasNext()).isFalse();
            });
        }
        assertThat(trail.entries()).containsExactly("slept 1", "slept 2", "break", "slept 3", "slept 4");
    }

    @Test
    @PortOf("test_tasks.as_completed_concurrent")
    void severalTasksCanShareTheSequence() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> all =
                        asCompleted(sleeper(2), sleeper(1), sleeper(3)).iterator();
                gather(
                                () -> trail.add("one: " + all.next().result()),
                                () -> trail.add("two: " + all.next().result()),
                                () -> trail.add("three: " + all.next().result()))
                        .await();
                assertThat(all.hasNext()).isFalse();
            });
        }
        assertThat(trail.entries()).containsExactly("one: slept 1", "two: slept 2", "three: slept 3");
    }

    @Test
    @PortOf("test_tasks.as_completed_duplicate_coroutines")
    void aFutureThatIsGivenTwiceComesOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> ham = createTask(sleeper(1));
                for (Future<String> done : asCompleted(ham, ham, sleeper(2))) {
                    trail.add(done.result());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("slept 1", "slept 2");
    }

    @Test
    void aLambdaThatIsGivenTwiceRunsAndComesTwice() {
        Awaitable<String> awaitable = sleeper(1);
        Action action = () -> trail.add("ran");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (Future<String> done : asCompleted(awaitable, awaitable)) {
                    trail.add(done.result());
                }
                for (var done : asCompleted(action, action)) {
                    trail.add(done.isDone());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("slept 1", "slept 1", "ran", "ran", "true", "true");
    }

    @Test
    @PortOf("test_tasks.as_completed_coroutine_without_loop")
    void outsideALoopItIsRefused() {
        assertThatThrownBy(() -> asCompleted(() -> 42))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
    }

    @Test
    void aFailedFutureComesTooAndThrowsOnlyWhenAsked() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Awaitable<String> failing = () -> {
                    sleep(Duration.ofSeconds(1));
                    throw new IllegalArgumentException("broken");
                };
                Task<String> cancelled = createTask(sleeper(60));
                loop.callLater(Duration.ofSeconds(2), cancelled::cancel);
                for (Future<String> done : asCompleted(failing, cancelled, sleeper(3))) {
                    trail.add(done.isCancelled() ? "cancelled" : done.exception() == null ? done.result() : "failed");
                }
            });
        }
        assertThat(trail.entries()).containsExactly("failed", "cancelled", "slept 3");
    }

    @Test
    void thoseThatWereDoneBeforeComeFirstInTheirOrder() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> a = loop.createFuture();
                Future<String> b = loop.createFuture();
                b.setResult("b");
                a.setResult("a");
                for (Future<String> done : asCompleted(sleeper(0), a, b)) {
                    trail.add(done.result());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("a", "b", "slept 0");
    }

    @Test
    void cancellingWhoIteratesCancelsNoneOfThem() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> slow = createTask(sleeper(10));
                Task<?> iterating = createTask(() -> {
                    for (Future<String> done : asCompleted(slow)) {
                        trail.add(done);
                    }
                });
                yieldNow();
                iterating.cancel("why");
                assertThatThrownBy(iterating::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("why");
                trail.add(slow.await());
            });
        }
        assertThat(trail.entries()).containsExactly("slept 10");
    }

    @Test
    void oneThatIsCancelledJustWhenItIsWokenHandsTheTurnOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> a = loop.createFuture();
                Future<String> b = loop.createFuture();
                Iterator<Future<String>> both = asCompleted(a, b).iterator();
                Task<?> first =
                        createTask(() -> trail.add("first " + both.next().result()));
                Task<?> second =
                        createTask(() -> trail.add("second " + both.next().result()));
                yieldNow();
                a.setResult("a");
                a.addDoneCallback(done -> first.cancel());

                assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
                second.await();
            });
        }
        assertThat(trail.entries()).containsExactly("second a");
    }

    @Test
    void afterTheLastThereIsNoMore() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> none =
                        dev.skein.loop.Asyncio.<String>asCompleted().iterator();
                assertThat(none.hasNext()).isFalse();
                assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);

                Iterator<Future<String>> one = asCompleted(sleeper(1)).iterator();
                assertThat(one.next().result()).isEqualTo("slept 1");
                assertThatThrownBy(one::next)
                        .isInstanceOf(NoSuchElementException.class)
                        .hasMessage("asCompleted: no more futures: all were returned");
            });
        }
    }

    @Test
    void actionsComeAsTasksWithoutAResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (var done : asCompleted(() -> sleep(Duration.ofSeconds(2)), () -> sleep(Duration.ofSeconds(1)))) {
                    assertThat((Object) done.result()).isNull();
                    trail.add(loop.elapsed().toSeconds());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("1", "2");
    }

    @Test
    void aFutureThatWasDoneBeforeAndIsGivenTwiceComesOnce() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> done = loop.createFuture();
                done.setResult("done before");
                for (Future<String> each : asCompleted(done, sleeper(1), done)) {
                    trail.add(each.result());
                }
            });
        }
        assertThat(trail.entries()).containsExactly("done before", "slept 1");
    }

    @Test
    void aFutureThatOthersAwaitTooComesOnceThoughItIsGivenTwice() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> awaited = loop.createFuture();
                Task<String> other = createTask(awaited);
                yieldNow();
                Iterable<Future<String>> all = asCompleted(awaited, awaited);
                awaited.setResult("once");
                for (Future<String> each : all) {
                    trail.add(each.result());
                }
                trail.add(other.await());
            });
        }
        assertThat(trail.entries()).containsExactly("once", "once");
    }

    @Test
    void oneThatIsCancelledBetweenOthersIsPassedOver() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> all =
                        asCompleted(sleeper(1), sleeper(2), sleeper(3)).iterator();
                Task<?> first =
                        createTask(() -> trail.add("first: " + all.next().result()));
                Task<?> second =
                        createTask(() -> trail.add("second: " + all.next().result()));
                Task<?> third =
                        createTask(() -> trail.add("third: " + all.next().result()));
                yieldNow();
                second.cancel();
                gather(first, third).await();
                trail.add("and " + all.next().result());
            });
        }
        assertThat(trail.entries()).containsExactly("first: slept 1", "third: slept 2", "and slept 3");
    }

    @Test
    void aFutureThatACancelledNextMissedIsStillToCome() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Iterator<Future<String>> one = asCompleted(sleeper(1)).iterator();
                Task<?> cancelled = createTask(() -> one.next());
                yieldNow();
                cancelled.cancel();
                yieldNow();
                assertThat(one.hasNext()).isTrue();
                assertThat(one.next().result()).isEqualTo("slept 1");
                assertThat(one.hasNext()).isFalse();
            });
        }
    }
}
