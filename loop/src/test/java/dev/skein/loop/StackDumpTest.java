package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.skein.testsupport.Await;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Strangers who look at the stacks of coroutines: the JDK holds a thread meanwhile, and must give it back. */
@Execution(ExecutionMode.CONCURRENT)
class StackDumpTest {
    private static final int ROUNDS = RuntimeMode.isMounted() ? 10_000 : 1_000;

    @Test
    void takenInAStormLosesNoStepAndDoublesNone() throws Exception {
        assertThat(Ring.disturbedBy(Thread::getStackTrace, 10, ROUNDS)).isPositive();
    }

    @Test
    void takenInAStormOfOneCoroutineLosesNoStepAndDoublesNone() throws Exception {
        assertThat(Ring.disturbedBy(Thread::getStackTrace, 1, 10 * ROUNDS)).isPositive();
    }

    @Test
    void takenInAStormOfCoroutinesThatBlockLosesNoItem() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        SynchronousQueue<Integer> queue = new SynchronousQueue<>();
        int items = 20_000;
        long right = run(() -> {
            Thread[] threads = new Thread[2];
            Task<@Nullable Void> giver = createTask(() -> {
                threads[0] = Thread.currentThread();
                for (int i = 0; i < items; i++) {
                    queue.put(i);
                }
            });
            Task<Long> taker = createTask(() -> {
                threads[1] = Thread.currentThread();
                long inOrder = 0;
                for (int i = 0; i < items; i++) {
                    inOrder += queue.take() == i ? 1 : 0;
                }
                return inOrder;
            });
            yieldNow();
            Thread stranger = Thread.ofPlatform().start(() -> lookAtUntilDead(threads.clone()));
            await(giver);
            long inOrder = await(taker);
            Await.join(stranger);
            return inOrder;
        });

        assertThat(right).isEqualTo(items);
    }

    private static void lookAtUntilDead(Thread... threads) {
        while (Arrays.stream(threads).anyMatch(Thread::isAlive)) {
            for (Thread thread : threads) {
                assertThat(thread.getStackTrace()).isNotNull();
            }
        }
    }

    @Test
    void showsWhereASuspendedCoroutineAwaits() {
        run(() -> {
            Future<String> future = Loop.current().createFuture();
            Thread[] thread = new Thread[1];
            Task<String> task = createTask(() -> awaitsHere(future, thread));
            yieldNow();

            assertThat(thread[0].getStackTrace())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("awaitsHere");
            future.setResult("done");
            assertThat(await(task)).isEqualTo("done");
        });
    }

    private static String awaitsHere(Future<String> future, Thread[] thread) {
        thread[0] = Thread.currentThread();
        return await(future);
    }

    @Test
    void ofTheWholeJvmNamesEachCoroutine(@TempDir Path directory) {
        String dump = run(() -> {
            Future<String> future = Loop.current().createFuture();
            Thread[] thread = new Thread[1];
            Task<String> task = createTask(() -> awaitsHere(future, thread), "reader-7");
            yieldNow();
            String json = dumpThreads(directory.resolve("threads.json").toAbsolutePath());
            future.setResult("done");
            await(task);
            return json;
        });

        assertThat(dump).contains("\"name\": \"reader-7\"").contains("StackDumpTest.awaitsHere");
    }

    private static String dumpThreads(Path file) throws Exception {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), ThreadDumpFormat.JSON);
        return Files.readString(file);
    }
}
