package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a generator gives, to whom, and when. */
class GeneratorTest {
    private final Trail trail = new Trail();

    private static Generator<Integer> upTo(int end) {
        return generator(out -> {
            for (int i = 1; i <= end; i++) {
                out.emit(i);
            }
        });
    }

    @Test
    void aForLoopGetsEachItem() {
        inLoop(() -> {
            for (int i : upTo(3)) {
                trail.add(i);
            }
        });

        assertThat(trail.entries()).containsExactly("1", "2", "3");
    }

    @Test
    void theEmitterIsNamedAfterItsGenerator() {
        inLoop(() -> {
            Generator<Object> self = generator(out -> out.emit(out.toString()));
            assertThat(self.iterator().next())
                    .hasToString("Emitter[" + self.toString().substring(10));
            self.close();
        });
    }

    @Test
    void theBodyRunsToItsNextItemOnlyWhenAsked() {
        inLoop(() -> {
            Generator<String> letters = generator(out -> {
                trail.add("begin");
                out.emit("a");
                trail.add("go on");
                out.emit("b");
                trail.add("end");
            });
            trail.add("made");
            for (String letter : letters) {
                trail.add(letter);
            }
            trail.add("over");
        });

        assertThat(trail.entries()).containsExactly("made", "begin", "a", "go on", "b", "end", "over");
    }

    @Test
    void handingAnItemOverTakesNoTurnOfTheLoop() {
        inLoop(() -> {
            Loop.current().callSoon(() -> trail.add("callback"));
            for (int i : upTo(1_000)) {
                trail.add(i);
            }
            trail.add("over");
            yieldNow();
        });

        assertThat(trail.entries()).hasSize(1_002);
        assertThat(trail.entries().subList(999, 1_002)).containsExactly("1000", "over", "callback");
    }

    @Test
    void anAwaitInTheBodyTakesTheTurnsThatItTakesAnywhere() {
        inLoop(() -> {
            createTask(() -> {
                for (int i = 0; i < 3; i++) {
                    trail.add("turn " + i);
                    yieldNow();
                }
            });
            Generator<String> slow = generator(out -> {
                yieldNow();
                out.emit("a");
                out.emit("b");
                yieldNow();
                out.emit("c");
            });
            for (String item : slow) {
                trail.add(item);
            }
            yieldNow();
        });

        assertThat(trail.entries()).containsExactly("turn 0", "a", "b", "turn 1", "c", "turn 2");
    }

    @Test
    void theBodyAwaitsWhileOthersGoOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Generator<Integer> ticks = generator(out -> {
                    for (int i = 1; i <= 3; i++) {
                        sleep(Duration.ofSeconds(10));
                        out.emit(i);
                    }
                });
                createTask(() -> {
                    for (int i = 0; i < 3; i++) {
                        sleep(Duration.ofSeconds(7));
                        trail.add("other");
                    }
                });
                for (int tick : ticks) {
                    trail.add(tick);
                }
            });
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(30));
        }

        assertThat(trail.entries()).containsExactly("other", "1", "other", "2", "other", "3");
    }

    @Test
    void theBodyRunsInItsConsumersTask() {
        inLoop(() -> {
            List<@Nullable Task<?>> seen = new ArrayList<>();
            Generator<Integer> items = generator(out -> {
                for (int i = 0; i < 4; i++) {
                    seen.add(currentTask());
                    yieldNow();
                    out.emit(i);
                }
            });
            Iterator<Integer> iterator = items.iterator();
            Task<Integer> other = createTask(iterator::next);
            assertThat(await(other)).isZero();
            assertThat(iterator.next()).isEqualTo(1);
            Task<Integer> third = createTask(() -> items.iterator().next());
            assertThat(await(third)).isEqualTo(2);
            assertThat(iterator.next()).isEqualTo(3);

            Task<?> me = CurrentTask.thisTask();
            assertThat(seen).containsExactly(other, me, third, me);
        });
    }

    @Test
    void aSecondIteratorGoesOnWhereTheFirstStopped() {
        inLoop(() -> {
            Generator<Integer> items = upTo(4);
            for (int i : items) {
                trail.add(i);
                if (i == 2) {
                    break;
                }
            }
            Iterator<Integer> rest = items.iterator();
            assertThat(rest.hasNext()).isTrue();
            for (int i : items) {
                trail.add(i);
            }
            assertThat(rest.hasNext()).isFalse();
        });

        assertThat(trail.entries()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void hasNextAsksOnceAndNextNeedsNoHasNext() {
        inLoop(() -> {
            Iterator<Integer> items = upTo(2).iterator();
            assertThat(items.hasNext()).isTrue();
            assertThat(items.hasNext()).isTrue();
            assertThat(items.next()).isEqualTo(1);
            assertThat(items.next()).isEqualTo(2);
            assertThatThrownBy(items::next)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageMatching("no more items: Generator-\\d+ has ended");
        });
    }

    @Test
    @SuppressWarnings("NullAway") // it does not see the type of a lambda's parameter
    void anItemMayBeNull() {
        inLoop(() -> {
            Generator<@Nullable String> items = generator(out -> {
                out.emit(null);
                out.emit("a");
            });
            for (@Nullable String item : items) {
                trail.add(item == null ? "nothing" : item);
            }
        });

        assertThat(trail.entries()).containsExactly("nothing", "a");
    }

    @Test
    void aFailureOfTheBodyComesOutOfNextAndIsTheEnd() {
        inLoop(() -> {
            IllegalArgumentException broken = new IllegalArgumentException("broken");
            Generator<Integer> items = generator(out -> {
                out.emit(1);
                throw broken;
            });
            Iterator<Integer> iterator = items.iterator();
            assertThat(iterator.next()).isEqualTo(1);
            assertThatThrownBy(iterator::hasNext).isSameAs(broken);
            assertThat(iterator.hasNext()).isFalse();
            assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
            items.close();
        });
    }

    @Test
    void aCheckedFailureIsWrappedAsByAwait() {
        inLoop(() -> {
            Generator<Integer> io = generator(out -> {
                throw new IOException("disk");
            });
            assertThatThrownBy(() -> io.iterator().next())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("disk");
            Generator<Integer> other = generator(out -> {
                throw new Exception("any");
            });
            assertThatThrownBy(() -> other.iterator().next())
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("any");
        });
    }

    @Test
    void aGeneratorCanConsumeAnother() {
        inLoop(() -> {
            Generator<Integer> numbers = generator(out -> {
                for (int i = 1; i <= 4; i++) {
                    sleep(Duration.ofSeconds(1));
                    out.emit(i);
                }
            });
            Generator<Integer> even = generator(out -> {
                for (int i : numbers) {
                    if (i % 2 == 0) {
                        out.emit(i);
                    }
                }
            });
            Generator<String> named = generator(out -> {
                for (int i : even) {
                    assertThat(CurrentTask.thisTask().name()).isEqualTo("me");
                    out.emit("n" + i);
                }
            });
            CurrentTask.thisTask().setName("me");
            for (String name : named) {
                trail.add(name);
            }
        });

        assertThat(trail.entries()).containsExactly("n2", "n4");
    }

    @Test
    void aRecursiveGeneratorWalksATree() {
        inLoop(() -> {
            for (int leaf : walk(0, 4)) {
                trail.add(leaf);
            }
        });

        assertThat(trail.entries()).hasSize(16).startsWith("0", "1", "2").endsWith("15");
    }

    private static Generator<Integer> walk(int node, int depth) {
        return generator(out -> {
            if (depth == 0) {
                out.emit(node);
                return;
            }
            yieldNow();
            for (int child = 0; child < 2; child++) {
                for (int leaf : walk(2 * node + child, depth - 1)) {
                    out.emit(leaf);
                }
            }
        });
    }

    @Test
    void severalGeneratorsTakeTurnsInOneTask() {
        inLoop(() -> {
            Iterator<Integer> left = upTo(3).iterator();
            Iterator<Integer> right = upTo(3).iterator();
            while (left.hasNext() && right.hasNext()) {
                trail.add(left.next() + right.next());
            }
        });

        assertThat(trail.entries()).containsExactly("2", "4", "6");
    }

    @Test
    void theBodyStartsTasksAndWaitsForThem() {
        inLoop(() -> {
            Generator<Integer> sums = generator(out -> {
                for (int i = 0; i < 3; i++) {
                    int base = i;
                    Awaitable<Integer> ten = () -> base + 10;
                    Awaitable<Integer> twenty = () -> base + 20;
                    for (int sum : await(gather(ten, twenty))) {
                        out.emit(sum);
                    }
                }
            });
            for (int sum : sums) {
                trail.add(sum);
            }
        });

        assertThat(trail.entries()).containsExactly("10", "20", "11", "21", "12", "22");
    }

    private static void inLoop(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
            assertThat(loop.errors()).isEmpty();
        }
    }
}
