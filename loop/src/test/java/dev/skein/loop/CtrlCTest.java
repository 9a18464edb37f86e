package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ctrl-C while a program runs, each in a JVM of its own. */
@Execution(ExecutionMode.CONCURRENT)
class CtrlCTest {
    private static final String SAID = "Ctrl-C (SIGINT) cancelled main, and the JVM ends with status 130";

    private static void ctrlC() {
        JvmSignal.of("INT").raise();
    }

    private static void print(@Nullable Object what) {
        System.out.println(what);
    }

    /** Waits for a future. */
    static final class Waits {
        public static void main(String[] args) {
            try (Runner runner = new Runner()) {
                Future<String> future = runner.run(() -> Loop.current().createFuture());
                try {
                    runner.run(() -> {
                        Loop.current().callLater(Duration.ofMillis(1), CtrlCTest::ctrlC);
                        try {
                            future.await();
                        } catch (CancelledError e) {
                            print("main: " + e.getMessage());
                            throw e;
                        }
                    });
                } catch (CancelledError e) {
                    print("run: " + e.getMessage());
                }
                runner.run(() -> print("future cancelled: " + future.isCancelled()));
            } finally {
                print("finally");
            }
        }
    }

    @Test
    @PortOf("test_runners.interrupt_wait")
    void ctrlCCancelsMainAndTheJvmEndsAfterTheCaller() {
        ChildJvm.Ended end = ChildJvm.of(Waits.class).run();
        assertThat(end.out())
                .as(end.toString())
                .containsExactly("main: Ctrl-C (SIGINT)", "run: " + SAID, "future cancelled: true", "finally");
        assertThat(end.status()).isEqualTo(130);
    }

    @Test
    void ctrlCCancelsMainOnTheModulePathToo() {
        ChildJvm.Ended end = ChildJvm.of(Waits.class).onModulePath().run();
        assertThat(end.out())
                .as(end.toString())
                .containsExactly("main: Ctrl-C (SIGINT)", "run: " + SAID, "future cancelled: true", "finally");
        assertThat(end.status()).isEqualTo(130);
    }

    /** Never waits for a future. */
    static final class TakesTurns {
        public static void main(String[] args) {
            run(() -> {
                Loop.current().callLater(Duration.ofMillis(1), CtrlCTest::ctrlC);
                while (true) {
                    yieldNow();
                }
            });
        }
    }

    @Test
    @PortOf("test_runners.interrupt_call_soon")
    void ctrlCCancelsAMainThatIsAlwaysReadyAndRunSaysWhereThatStood() {
        ChildJvm.Ended end = ChildJvm.of(TakesTurns.class).run();
        assertThat(end.status()).as(end.toString()).isEqualTo(130);
        assertThat(thrown(end))
                .containsExactly(
                        "Exception in thread \"main\" dev.skein.loop.CancelledError: " + SAID,
                        "Asyncio.yieldNow",
                        "CtrlCTest$TakesTurns.lambda$main$0",
                        "Asyncio.run",
                        "Asyncio.run",
                        "CtrlCTest$TakesTurns.main");
    }

    /** What nobody has caught, and of its frames the methods. */
    private static List<String> thrown(ChildJvm.Ended end) {
        return end.err().stream()
                .filter(line -> line.contains("CancelledError") || line.startsWith("\tat "))
                .map(line -> line.replaceFirst("\\tat (.*/)?(dev\\.skein\\.loop\\.)?([^(]+)\\(.*", "$3"))
                .toList();
    }

    /** Main waits for a task that waits. */
    static final class WaitsForATask {
        public static void main(String[] args) {
            run(
                    () -> {
                        Loop.current().callLater(Duration.ofMillis(1), CtrlCTest::ctrlC);
                        createTask(WaitsForATask::naps, "napper").await();
                    },
                    options -> options.withDebug());
        }

        static void naps() {
            sleep(Duration.ofDays(1));
        }
    }

    @Test
    void inDebugModeItPrintsWhoWaitsForWhat() {
        ChildJvm.Ended end = ChildJvm.of(WaitsForATask.class).run();
        assertThat(end.status()).as(end.toString()).isEqualTo(130);
        assertThat(String.join("\n", end.err()))
                .containsSubsequence(
                        "Ctrl-C (SIGINT) cancels main; who waits for what:",
                        "Task-1",
                        "WaitsForATask.main",
                        "napper",
                        "WaitsForATask.naps",
                        "CancelledError: " + SAID,
                        "at dev.skein.loop.CtrlCTest$WaitsForATask.lambda$main$");
    }

    /** Blocks its loop until it is let go. */
    static final class Blocks {
        public static void main(String[] args) {
            run(() -> hang(), options -> options.withWatchdog(Duration.ZERO));
        }
    }

    @Test
    void whereTheLoopIsBlockedTheFirstSaysByWhomAndTheSecondEndsTheJvm() throws Exception {
        ChildJvm.Running child = ChildJvm.of(Blocks.class).start();
        child.awaitLine("hangs");
        child.signal("INT");
        child.awaitError(
                "Ctrl-C (SIGINT) cannot cancel main yet: event loop blocked by task 'Task-1'; main is cancelled as"
                        + " soon as that ends, and a second Ctrl-C ends the JVM at once");
        child.awaitError("at dev.skein.loop.CtrlCTest.hang(");
        child.signal("INT");
        ChildJvm.Ended end = child.await();
        assertThat(end.status()).as(end.toString()).isEqualTo(130);
    }

    /** Leaves a job that does not end, and does not want to be cut off either. */
    static final class LeavesAJob {
        public static void main(String[] args) {
            CountDownLatch begun = new CountDownLatch(1);
            run(
                    () -> {
                        Loop.current().runInExecutor(() -> blocksOn(begun));
                        begun.await();
                    },
                    options -> options.withCloseTimeout(Duration.ofHours(1)));
        }

        static String blocksOn(CountDownLatch begun) throws InterruptedException {
            begun.countDown();
            new CountDownLatch(1).await();
            return "never";
        }
    }

    @Test
    void aRunThatWaitsForItsExecutorSaysForWhatAndOneEndsItThen() throws Exception {
        ChildJvm.Running child = ChildJvm.of(LeavesAJob.class).start();
        child.awaitError(
                "the loop cannot close yet: it waits for the work of its default executor, for 300 s at most; Ctrl-C ends"
                        + " the JVM without that: WorkerThreads[working=1, waiting=0]");
        child.awaitError("  skein-worker-1");
        child.awaitError("      at dev.skein.loop.CtrlCTest$LeavesAJob.blocksOn(");
        child.signal("INT");
        ChildJvm.Ended end = child.await();
        assertThat(end.status()).as(end.toString()).isEqualTo(130);
    }

    /** Takes it as a request like any other. */
    static final class GoesOn {
        public static void main(String[] args) {
            try (Runner runner = new Runner()) {
                print(runner.<String>run(() -> {
                    createTask(CtrlCTest::ctrlC);
                    try {
                        sleep(Duration.ofDays(1));
                        return "slept";
                    } catch (CancelledError refused) {
                        return "refused";
                    }
                }));
                runner.run(() -> {
                    Task<?> me = CurrentTask.thisTask();
                    createTask(() -> {
                        me.cancel("by a task");
                        ctrlC();
                    });
                    try {
                        sleep(Duration.ofDays(1));
                    } finally {
                        while (me.cancelling() < 2) {
                            try {
                                yieldNow();
                            } catch (CancelledError second) {
                                print("asked twice");
                            }
                        }
                    }
                });
            } catch (CancelledError e) {
                print("run: " + e.getMessage());
            }
            print(run(() -> "goes on"));
        }
    }

    @Test
    @PortOf("test_runners.interrupt_cancelled_task")
    void aMainThatRefusesOrWasCancelledByAnotherTooDoesNotEndTheJvm() {
        ChildJvm.Ended end = ChildJvm.of(GoesOn.class).run();
        assertThat(end.out()).as(end.toString()).startsWith("refused").endsWith("run: by a task", "goes on");
        assertThat(end.status()).isZero();
    }

    /** Refuses to end, and presses again. */
    static final class Refuses {
        public static void main(String[] args) {
            run(() -> {
                createTask(CtrlCTest::ctrlC);
                while (true) {
                    try {
                        sleep(Duration.ofDays(1));
                    } catch (CancelledError refused) {
                        print("refused " + CurrentTask.thisTask().cancelling());
                        createTask(CtrlCTest::ctrlC);
                    }
                }
            });
        }
    }

    @Test
    void aSecondOneEndsTheJvmAtOnceThoughMainRefuses() {
        ChildJvm.Ended end = ChildJvm.of(Refuses.class).run();
        assertThat(end.status()).as(end.toString()).isEqualTo(130);
        assertThat(end.out()).containsExactly("refused 1");
    }

    /** Does not get to the end of its {@code finally}: holds the loop itself. */
    static final class Hangs {
        public static void main(String[] args) {
            run(() -> {
                try {
                    print("runs");
                    sleep(Duration.ofDays(1));
                } finally {
                    hang();
                }
            });
        }
    }

    private static void hang() {
        print("hangs");
        while (true) {
            Thread.onSpinWait();
        }
    }

    @Test
    void oneAfterSigtermEndsTheJvmAtOnceThoughMainHangs() throws Exception {
        ChildJvm.Running child = ChildJvm.of(Hangs.class).start();
        child.awaitLine("runs");
        child.signal("TERM");
        child.awaitLine("hangs");
        child.signal("INT");
        ChildJvm.Ended end = child.await();
        assertThat(end.status()).as(end.toString()).isEqualTo(130);
    }

    /** Prints what a JVM can do that does not let signals be handled. */
    static final class NoSignals {
        public static void main(String[] args) {
            run(() -> {
                try {
                    Loop.current().addSignalHandler("TERM", () -> {});
                } catch (UnsupportedOperationException e) {
                    print(e.getMessage());
                }
            });
        }
    }

    @Test
    @PortOf("test_runners.signal_install_not_supported_ok")
    void runDoesWithoutWhereSignalsCannotBeHandled() {
        ChildJvm.Ended end = ChildJvm.of(NoSignals.class)
                .with("--limit-modules", "java.base,java.logging")
                .run();
        assertThat(end.line())
                .isEqualTo("cannot handle signals without sun.misc.Signal: add the module jdk.unsupported");
    }
}
