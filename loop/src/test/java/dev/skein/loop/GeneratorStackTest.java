package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The body's own stack: what belongs to it, and what becomes of it. */
@Execution(ExecutionMode.CONCURRENT)
class GeneratorStackTest {
    private static final InheritableThreadLocal<String> WORD = new InheritableThreadLocal<>();

    private final Trail trail = new Trail();

    @Test
    void othersGoOnWhileTheBodyBlocksInTheJdk() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        inLoop(() -> {
            Generator<String> items = generator(out -> {
                Thread.sleep(20);
                out.emit("item");
            });
            createTask(() -> trail.add("other"));
            trail.add(items.iterator().next());
        });

        assertThat(trail.entries()).containsExactly("other", "item");
    }

    @Test
    void theTasksStackIsTheBodysThenTheConsumers() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> waitForEver());
            Task<?> consumer = createTask(() -> consume(items), "consumer");
            yieldNow();
            List<String> methods = Arrays.stream(consumer.stack())
                    .map(StackTraceElement::getMethodName)
                    .filter(List.of("waitForEver", "consume")::contains)
                    .toList();
            assertThat(methods).containsExactly("waitForEver", "consume");
            List<Coroutine> stacks = TaskStacks.from(consumer.innermostStack());
            assertThat(stacks).hasSize(2);
            consumer.setName("renamed");
            assertThat(stacks.getLast().thread.getName()).isEqualTo("renamed");
            assertThat(stacks.getFirst().thread.getName()).startsWith("Generator-");
            consumer.cancel();
        });
    }

    private static void waitForEver() {
        sleep(Duration.ofDays(1));
    }

    private static void consume(Generator<Integer> items) {
        items.iterator().next();
    }

    @Test
    void aBodyInheritsTheThreadLocalsOfItsFirstConsumer() {
        inLoop(() -> {
            WORD.set("maker");
            Generator<String> items = generator(out -> {
                out.emit(WORD.get());
                out.emit(WORD.get());
            });
            WORD.set("first consumer");
            Iterator<String> iterator = items.iterator();
            trail.add(iterator.next());
            WORD.set("second");
            trail.add(iterator.next());
            WORD.remove();
        });

        assertThat(trail.entries()).containsExactly("first consumer", "first consumer");
    }

    @Test
    void theInterruptFlagGoesWithTheTask() {
        inLoop(() -> {
            Generator<Boolean> items = generator(out -> {
                out.emit(Thread.interrupted());
                Thread.currentThread().interrupt();
                out.emit(true);
                out.emit(Thread.currentThread().isInterrupted());
            });
            Iterator<Boolean> iterator = items.iterator();
            Thread.currentThread().interrupt();
            assertThat(iterator.next()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(iterator.next()).isTrue();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(iterator.next()).isFalse();
            items.close();
        });
    }

    @Test
    void anInterruptThatNobodyTookGoesOnWithTheTaskToTheEnd() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                out.emit(1);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
            Iterator<Integer> iterator = items.iterator();
            assertThat(iterator.next()).isEqualTo(1);
            Thread.currentThread().interrupt();
            assertThat(iterator.hasNext()).isFalse();
            assertThat(Thread.interrupted()).isTrue();
        });
    }

    @Test
    void aStackOverflowInTheBodyComesOutOfNext() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> out.emit(endless(0)));
            assertThatThrownBy(() -> items.iterator().next()).isInstanceOf(StackOverflowError.class);
            assertThat(items.iterator().hasNext()).isFalse();
            yieldNow();
        });
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    @Test
    void anEmitAtTheEndOfTheStackFailsThereAndNothingIsLost() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    emitDeeper(out, 0);
                } catch (StackOverflowError tooDeep) {
                    out.emit(-1);
                }
            });
            int last = 0;
            for (int item : items) {
                last = item;
            }
            assertThat(last).isEqualTo(-1);
            yieldNow();
        });
    }

    @Test
    void anItemWhoseEmitFailedIsNotHandedOver() {
        inLoop(() -> {
            for (int above = 0; above < 100; above += 4) {
                int[] frames = {above};
                boolean[] failed = new boolean[1];
                Generator<Integer> items = generator(out -> {
                    try {
                        emitNearTheEnd(out, frames);
                    } catch (StackOverflowError tooDeep) {
                        failed[0] = true;
                    }
                });
                boolean handedOver = items.iterator().hasNext();
                assertThat(failed[0]).as("%d frames above the end", above).isNotEqualTo(handedOver);
                items.close();
            }
        });
    }

    /** Goes down to the end of the stack, and emits once, so many frames above it. */
    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private static void emitNearTheEnd(Generator.Emitter<Integer> out, int[] framesAbove) {
        try {
            emitNearTheEnd(out, framesAbove);
        } catch (StackOverflowError tooDeep) {
            if (framesAbove[0]-- != 0) {
                throw tooDeep;
            }
            out.emit(1);
        }
    }

    @Test
    void whereTheBodyIsNotInTheTasksStackIsItsOwn() {
        inLoop(() -> {
            Generator<Integer> one = generator(out -> out.emit(1));
            Iterator<Integer> items = one.iterator();
            Task<?> consumer = createTask(() -> {
                assertThat(items.hasNext()).isTrue();
                sleep(Duration.ofSeconds(2));
                items.next();
                assertThat(items.hasNext()).isFalse();
                sleep(Duration.ofSeconds(2));
            });
            Coroutine own = consumer.innermostStack();
            for (int i = 0; i < 2; i++) {
                sleep(Duration.ofSeconds(1));
                assertThat(consumer.innermostStack()).isSameAs(own);
                sleep(Duration.ofSeconds(1));
            }
            consumer.await();
        });
    }

    /** Goes down to the end of the stack, and emits on the way back wherever there is room. */
    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private static void emitDeeper(Generator.Emitter<Integer> out, int depth) {
        try {
            emitDeeper(out, depth + 1);
        } catch (StackOverflowError tooDeep) {
            out.emit(depth);
            throw tooDeep;
        }
    }

    @Test
    @PortOf("test_base_events.asyncgen_finalization_by_gc")
    @PortOf("test_base_events.asyncgen_finalization_by_gc_in_other_thread")
    void anAbandonedGeneratorIsClosedWhenItIsCollected() {
        for (boolean debug : new boolean[] {false, true}) {
            inLoop(() -> assertClosedWhenCollected(debug));
        }
    }

    private static void assertClosedWhenCollected(boolean debug) {
        Loop.current().setDebug(debug);
        Future<String> closer = Loop.current().createFuture();
        WeakReference<Generator<Integer>> abandoned = abandon(closer);
        while (!closer.isDone()) {
            System.gc();
            sleep(Duration.ofMillis(1));
        }
        assertThat(abandoned.refersTo(null)).isTrue();
        assertThat(closer.result()).matches("close Generator-\\d+");
    }

    private static WeakReference<Generator<Integer>> abandon(Future<String> closer) {
        Generator<Integer> items = generator(out -> {
            try {
                out.emit(1);
            } finally {
                yieldNow();
                closer.setResult(CurrentTask.thisTask().name());
            }
        });
        items.iterator().next();
        return new WeakReference<>(items);
    }

    @Test
    void tenThousandLeaveNoThread() {
        AtomicInteger ended = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        inLoop(() -> {
            for (int i = 0; i < 10_000; i++) {
                Generator<Integer> items = generator(out -> {
                    threads.add(Thread.currentThread());
                    try {
                        out.emit(1);
                        out.emit(2);
                    } finally {
                        ended.incrementAndGet();
                    }
                });
                use(items, i % 4);
            }
        });

        assertThat(threads).hasSize(7_500);
        assertThat(ended).hasValue(7_500);
        Await.until("their threads have ended", () -> threads.stream().noneMatch(Thread::isAlive));
    }

    /** Not begun; used up; closed; abandoned. */
    private static void use(Generator<Integer> items, int how) {
        switch (how) {
            case 0 -> assertThat(items.iterator()).isNotNull();
            case 1 -> items.forEach(item -> {});
            case 2 -> {
                items.iterator().next();
                items.close();
            }
            default -> items.iterator().next();
        }
    }

    private static void inLoop(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
            assertThat(loop.errors()).isEmpty();
        }
    }
}
