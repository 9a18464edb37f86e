package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Coroutines at the end of their stack and of the heap. */
@Execution(ExecutionMode.CONCURRENT)
class ExhaustionTest {
    private final Trail trail = new Trail();

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    void aStackOverflowEndsItsTaskAndNoOther() {
        run(() -> {
            Task<Integer> deep = createTask(() -> recurse(0));
            Task<String> other = createTask(() -> {
                yieldNow();
                sleep(Duration.ofMillis(1));
                return "goes on";
            });

            assertThatThrownBy(() -> await(deep)).isInstanceOf(StackOverflowError.class);
            assertThat(await(other)).isEqualTo("goes on");
        });
    }

    @Test
    void aCoroutineThatCatchesItsStackOverflowCanAwait() {
        run(() -> {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> recurse(0)).isInstanceOf(StackOverflowError.class);
                yieldNow();
                sleep(Duration.ofMillis(1));
                trail.add(i);
            }
        });

        assertThat(trail.entries()).hasSize(10);
    }

    @Test
    void anOutOfMemoryErrorEndsItsTaskAndNoOther() {
        run(() -> {
            Task<Integer> greedy = createTask(() -> new long[Integer.MAX_VALUE].length);
            Task<String> other = createTask(() -> {
                sleep(Duration.ofMillis(1));
                return "goes on";
            });

            assertThatThrownBy(() -> await(greedy)).isInstanceOf(OutOfMemoryError.class);
            assertThat(await(other)).isEqualTo("goes on");
        });
    }

    @Test
    void suspendingDeepStacksInAFullHeapThrowsAndTheLoopGoesOn() {
        RuntimeMode.assume("the JDK parks a carrier of its pool if there is no room for a stack");
        String said = ChildJvm.of(FullHeap.class)
                .with("-Xmx64m", "-Xss32m", "-XX:+UseSerialGC")
                .run()
                .line();

        assertThat(said).isEqualTo("20 of 20 got an OutOfMemoryError, and the loop goes on");
    }

    /** Fills the heap, then suspends twenty coroutines whose stacks need more than is left. */
    static final class FullHeap {
        private static int failed;

        public static void main(String[] args) {
            run(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                Future<String> never = Loop.current().createFuture();
                for (int i = 0; i < 20; i++) {
                    tasks.add(createTask(() -> awaitDeep(100_000, never)));
                }
                List<byte[]> ballast = fill();
                for (Task<Integer> task : tasks) {
                    awaitFailure(task);
                }
                ballast.clear();
                sleep(Duration.ofMillis(1));
                System.out.println(failed + " of 20 got an OutOfMemoryError, and the loop goes on");
            });
        }

        private static void awaitFailure(Task<Integer> task) {
            try {
                await(task);
            } catch (OutOfMemoryError expected) {
                failed++;
            }
        }

        private static List<byte[]> fill() {
            List<byte[]> ballast = new ArrayList<>(2_000);
            try {
                while (true) {
                    ballast.add(new byte[64 * 1024]);
                }
            } catch (OutOfMemoryError full) {
                ballast.subList(0, 8).clear();
            }
            return ballast;
        }

        private static int awaitDeep(int depth, Future<String> future) {
            if (depth == 0) {
                return await(future).length();
            }
            return awaitDeep(depth - 1, future) + 1;
        }
    }
}
