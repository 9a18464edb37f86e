package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Cancellation and misuse: what arrives in the body, and what is refused. */
class GeneratorCancelTest {
    private final Trail trail = new Trail();

    /** Emits after a long wait, each time. */
    private Generator<Integer> slow() {
        return generator(out -> {
            try {
                for (int i = 1; ; i++) {
                    sleep(Duration.ofMinutes(1));
                    out.emit(i);
                }
            } catch (CancelledError cancelled) {
                trail.add("body");
                throw cancelled;
            } finally {
                yieldNow();
                trail.add("finally");
            }
        });
    }

    @Test
    void aCancellationOfTheConsumerArrivesWhereTheBodyAwaits() {
        inLoop(() -> {
            Generator<Integer> items = slow();
            Task<Integer> consumer = createTask(() -> {
                try {
                    return items.iterator().next();
                } catch (CancelledError cancelled) {
                    trail.add("consumer: " + cancelled.getMessage());
                    throw cancelled;
                }
            });
            sleep(Duration.ofSeconds(1));
            assertThat(consumer.cancel("enough")).isTrue();
            assertThatThrownBy(consumer::await).isInstanceOf(CancelledError.class);
            assertThat(consumer.isCancelled()).isTrue();
            assertThat(items.iterator().hasNext()).isFalse();
        });

        assertThat(trail.entries()).containsExactly("body", "finally", "consumer: enough");
    }

    @Test
    void aBodyThatCatchesItMayEmit() {
        inLoop(() -> {
            Generator<String> items = generator(out -> {
                try {
                    sleep(Duration.ofDays(1));
                } catch (CancelledError refused) {
                    out.emit("refused");
                }
            });
            Task<String> consumer = createTask(() -> items.iterator().next());
            yieldNow();
            consumer.cancel();
            assertThat(await(consumer)).isEqualTo("refused");
        });
    }

    @Test
    void betweenTwoItemsItArrivesAtTheConsumerAlone() {
        inLoop(() -> {
            Generator<Integer> items = slow();
            Task<?> consumer = createTask(() -> {
                for (int i : items) {
                    trail.add(i);
                    sleep(Duration.ofDays(1));
                }
            });
            sleep(Duration.ofHours(1));
            consumer.cancel();
            assertThatThrownBy(consumer::await).isInstanceOf(CancelledError.class);
            assertThat(trail.entries()).containsExactly("1");
            assertThat(items.iterator().next()).isEqualTo(2);
            items.close();
        });
    }

    @Test
    void aTimeoutAroundNextEndsTheBody() {
        inLoop(() -> {
            Iterator<Integer> items = slow().iterator();
            assertThatThrownBy(() -> waitFor(items::next, Duration.ofSeconds(5)))
                    .isInstanceOf(TimeoutException.class);
            assertThat(items.hasNext()).isFalse();
            assertThat(CurrentTask.thisTask().cancelling()).isZero();
        });

        assertThat(trail.entries()).containsExactly("body", "finally");
    }

    @Test
    void aCancellationReachesTheInnermostBody() {
        inLoop(() -> {
            Generator<Integer> outer = generator(out -> {
                for (int i : slow()) {
                    out.emit(i);
                }
            });
            Task<Integer> consumer = createTask(() -> outer.iterator().next());
            yieldNow();
            assertThat(TaskStacks.from(consumer.innermostStack())).hasSize(3);
            consumer.cancel();
            assertThatThrownBy(consumer::await).isInstanceOf(CancelledError.class);
            assertThat(outer.iterator().hasNext()).isFalse();
        });

        assertThat(trail.entries()).containsExactly("body", "finally");
    }

    @Test
    void tasksThatWaitForEachOtherThroughABodyCanBeCancelled() {
        inLoop(() -> {
            Future<Task<?>> second = Loop.current().createFuture();
            Generator<Integer> items = generator(out -> second.await().await());
            Task<Integer> first = createTask(() -> items.iterator().next());
            second.setResult(createTask(() -> first.await()));
            yieldNow();
            yieldNow();
            assertThat(first.cancel()).isTrue();
            assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
        });
    }

    @Test
    void aBodyThatBlocksInTheJdkIsInterrupted() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                Thread.sleep(Duration.ofDays(1));
                out.emit(1);
            });
            Task<Integer> consumer = createTask(() -> items.iterator().next());
            yieldNow();
            yieldNow();
            consumer.cancel("stop");
            assertThatThrownBy(consumer::await)
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("stop")
                    .hasCauseInstanceOf(InterruptedException.class);
        });
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // taken over several turns of the loop
    void aCancellationOfABodyThatWaitsForALockIsNotLost() {
        RuntimeMode.assumeLocksMayBeHeldOverAnAwait();
        inLoop(() -> {
            ReentrantLock lock = new ReentrantLock();
            Generator<Integer> items = generator(out -> {
                lock.lock();
                try {
                    out.emit(1);
                } finally {
                    lock.unlock();
                }
            });
            lock.lock();
            Task<?> consumer = createTask(() -> {
                trail.add(items.iterator().next());
                sleep(Duration.ofDays(1));
            });
            yieldNow();
            yieldNow();
            consumer.cancel();
            lock.unlock();
            assertThatThrownBy(consumer::await).isInstanceOf(CancelledError.class);
            items.close();
        });

        assertThat(trail.entries()).containsExactly("1");
    }

    @Test
    void twoConsumersAtOnceAreRefused() {
        inLoop(() -> {
            Generator<Integer> items = slow();
            Task<Integer> first = createTask(() -> items.iterator().next(), "first");
            yieldNow();
            String refusal =
                    "Generator-\\d+ is already running in Task 'first': a generator has one consumer at a time;"
                            + " for several, put the items into a Queue";
            assertThatThrownBy(() -> items.iterator().next())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching(refusal);
            assertThatThrownBy(items::close).hasMessageMatching(refusal);
            assertThat(await(first)).isEqualTo(1);
            items.close();
        });
    }

    @Test
    void aBodyCannotConsumeItself() {
        inLoop(() -> {
            CompletableFuture<Generator<Integer>> self = new CompletableFuture<>();
            Generator<Integer> items =
                    generator(out -> out.emit(self.join().iterator().next()));
            self.complete(items);
            assertThatThrownBy(() -> items.iterator().next()).hasMessageContaining("is already running");
        });
    }

    @Test
    void onlyTheBodysOwnCodeCanEmit() {
        inLoop(() -> {
            CompletableFuture<Generator.Emitter<Integer>> emitter = new CompletableFuture<>();
            Generator<Integer> items = generator(out -> {
                emitter.complete(out);
                await(createTask(() -> assertMisplaced(out)));
                Generator<Integer> inner = generator(ignored -> assertMisplaced(out));
                assertThat(inner.iterator().hasNext()).isFalse();
                out.emit(1);
            });
            assertThat(items.iterator().next()).isEqualTo(1);
            assertMisplaced(emitter.join());
            Loop.current().callSoon(() -> assertMisplaced(emitter.join()));
            yieldNow();
            items.close();
            assertMisplaced(emitter.join());
        });
    }

    private static void assertMisplaced(Generator.Emitter<Integer> out) {
        assertThatThrownBy(() -> out.emit(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching(
                        "emit\\(\\) outside the body of Generator-\\d+: call it in the body's own code, not in a"
                                + " task, callback, thread or generator that the body started");
    }

    @Test
    void outsideACoroutineThereIsNoIteration() {
        assertThatThrownBy(() -> slow().iterator().next())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("an iteration over a generator outside a coroutine");
    }

    @Test
    void aGeneratorStaysInTheLoopItBeganIn() {
        Generator<Integer> items = slow();
        try (TestLoop first = new TestLoop();
                TestLoop second = new TestLoop()) {
            first.run(() -> assertThat(items.iterator().next()).isEqualTo(1));
            for (Action use : List.<Action>of(() -> items.iterator().next(), items::close)) {
                second.run(() -> assertThatThrownBy(use::run)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has begun in another loop"));
            }
        }

        assertThat(trail.entries()).containsExactly("finally");
    }

    private static void inLoop(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
            assertThat(loop.errors()).isEmpty();
        }
    }
}
