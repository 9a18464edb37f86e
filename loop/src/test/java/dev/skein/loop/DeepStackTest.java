package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An await near the end of the stack waits, or throws StackOverflowError and has done nothing. Each in a JVM of its own: an
 * overflow in the initialiser of one of the JDK's classes would spoil that class for all the tests after it. The options
 * give three sizes of frames: with what the compilers make of them, the stack ends in the midst of other methods.
 */
@Execution(ExecutionMode.CONCURRENT)
@Order(2) // long, and mostly in JVMs of its own
class DeepStackTest {
    @ParameterizedTest
    @ValueSource(strings = {"-XX:TieredStopAtLevel=4", "-XX:TieredStopAtLevel=1", "-Xint"})
    void anAwaitNearTheEndOfTheStackWaitsOrFailsAndNothingBetween(String compiler) {
        String said = ChildJvm.of(Program.class)
                .with(compiler, "-XX:MaxJavaStackTraceDepth=8", "-Xss512k")
                .run()
                .line();

        assertThat(said).isEqualTo("ok");
    }

    static final class Program {
        public static void main(String[] args) {
            StringBuilder wrong = new StringBuilder();
            for (int offset = 0; offset < 24; offset++) {
                Diver diver = new Diver();
                int start = offset;
                run(() -> diver.dive(start));
                diver.describeIfWrong(wrong);
            }
            System.out.println(wrong.isEmpty() ? "ok" : wrong);
        }
    }

    /**
     * Recurses to the end of the stack, and on the way back awaits: at first there is no room for it, then there is. When
     * it is up again and awaits something else, the futures of the failed awaits are completed, which must wake nobody.
     */
    private static final class Diver {
        private static final int FUTURES = 4_000;

        private final List<Future<Integer>> futures = new ArrayList<>();
        private int attempt;
        private int height;
        private boolean over;
        private int failed;
        private int succeeded;
        private int wrongResults;
        private String next = "";

        void dive(int offset) {
            Loop loop = Loop.current();
            for (int i = 0; i < FUTURES; i++) {
                futures.add(loop.createFuture());
            }
            Future<String> last = loop.createFuture();
            Task<@Nullable Void> helper = createTask(this::completeWhatIsAwaited);
            Task<@Nullable Void> diver = createTask(() -> {
                indent(offset);
                over = true;
                next = String.valueOf(await(last));
            });
            await(helper);
            futures.stream().filter(future -> !future.isDone()).forEach(future -> future.setResult(-1));
            for (int i = 0; i < 5; i++) {
                yieldNow();
            }
            if (diver.isDone()) {
                next = "woken by what it does not await: " + next;
            } else {
                last.setResult("awaited");
                await(diver);
            }
        }

        private void completeWhatIsAwaited() {
            while (!over) {
                yieldNow();
                Future<Integer> current = futures.get(attempt);
                if (!current.isDone()) {
                    current.setResult(attempt);
                }
            }
        }

        /** Frames of other sizes than {@link #descend}'s, so that no two recursions end alike. */
        private long indent(int frames) {
            if (frames == 0) {
                descend();
                return 0;
            }
            long more = frames % 2 == 0 ? indent(frames - 1) : indentWide(frames - 1, frames, frames, frames);
            return more + frames;
        }

        private long indentWide(int frames, long a, long b, long c) {
            return indent(frames) + a * b * c;
        }

        @SuppressWarnings("InfiniteRecursion") // to the end of the stack
        private void descend() {
            try {
                descend();
            } catch (StackOverflowError end) {
                // From here upwards.
            }
            height++;
            if (succeeded < 3 && (height < 500 || height % 50 == 0)) {
                tryToAwait();
            }
        }

        private void tryToAwait() {
            int mine = attempt;
            try {
                int result = futures.get(mine).await();
                succeeded++;
                wrongResults += result == mine ? 0 : 1;
            } catch (StackOverflowError noRoom) {
                failed++;
            }
            attempt = mine + 1;
        }

        void describeIfWrong(StringBuilder wrong) {
            boolean right = failed > 0 && succeeded == 3 && wrongResults == 0 && next.equals("awaited");
            if (!right) {
                wrong.append("[failed ").append(failed);
                wrong.append(", succeeded ").append(succeeded);
                wrong.append(", with a wrong result ").append(wrongResults);
                wrong.append(", next ").append(next).append("]");
            }
        }
    }
}
