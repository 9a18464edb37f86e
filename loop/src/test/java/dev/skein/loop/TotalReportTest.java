package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** To tell of an error never fails: what cannot be told costs its own message, and the loop goes on. */
class TotalReportTest {
    private final Trail trail = new Trail();

    /** Runs {@code main}, which gets the exception, in a loop without a handler, and gives what was logged. */
    private String logOf(Unprintable failure, Body main) {
        try (Log log = Log.capture()) {
            RuntimeException thrown = failure.make();
            run(() -> {
                main.run(thrown);
                yieldNow();
                yieldNow();
                trail.add("main goes on");
            });
            trail.add("run returns");
            return log.text();
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(RuntimeException failure) throws Exception;
    }

    private void assertTold(String logged, String what) {
        assertThat(trail.entries()).containsExactly("main goes on", "run returns");
        assertThat(logged)
                .contains(what)
                .hasSizeLessThan(300_000)
                .doesNotContain("unexpected exception in the event loop");
    }

    @ParameterizedTest
    @EnumSource
    void runReturnsThoughATaskThatNobodyAwaitsFailsWithIt(Unprintable failure) {
        String logged = logOf(
                failure,
                e -> createTask(
                        () -> {
                            throw e;
                        },
                        "forgotten"));
        assertTold(logged, "exception of Task 'forgotten' was never retrieved");
    }

    @ParameterizedTest
    @EnumSource
    void aCallbackThatThrowsItIsToldAndTheNextRuns(Unprintable failure) {
        String logged = logOf(
                failure,
                e -> Loop.current().callSoon(() -> {
                    throw e;
                }));
        assertTold(logged, "exception in callback");
    }

    @ParameterizedTest
    @EnumSource
    void aDoneCallbackThatThrowsItIsTold(Unprintable failure) {
        String logged = logOf(failure, e -> {
            Future<String> future = Loop.current().createFuture();
            future.addDoneCallback(done -> {
                throw e;
            });
            future.setResult("x");
        });
        assertTold(logged, "exception in callback done callback");
    }

    @ParameterizedTest
    @EnumSource
    void aThrowingPassEndActionIsReportedAndTheNextRuns(Unprintable failure) {
        String logged = logOf(failure, e -> {
            Trail actions = new Trail();
            Loop.current().callAtPassEnd(() -> {
                throw e;
            });
            Loop.current().callAtPassEnd(() -> actions.add("second"));
            sleep(Duration.ofMillis(1));
            assertThat(actions.entries()).containsExactly("second");
        });
        assertTold(logged, "exception at the end of a pass");
    }

    @ParameterizedTest
    @EnumSource
    void aFinallyThatThrowsItAsTheLoopClosesIsTold(Unprintable failure) {
        Trail cleaned = new Trail();
        String logged = logOf(failure, e -> {
            createTask(
                    () -> {
                        try {
                            sleep(Duration.ofHours(1));
                        } finally {
                            throwIt(e);
                        }
                    },
                    "broken");
            createTask(() -> {
                try {
                    sleep(Duration.ofHours(1));
                } finally {
                    yieldNow();
                    cleaned.add("clean");
                }
            });
        });
        assertThat(cleaned.entries()).containsExactly("clean");
        assertTold(logged, "exception of Task 'broken' during shutdown");
    }

    private static void throwIt(RuntimeException e) {
        throw e;
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatThrowsItIsTold(Unprintable failure) {
        String logged = logOf(failure, e -> {
            Loop.current().setExceptionHandler((of, context) -> {
                throw e;
            });
            Loop.current().callSoon(() -> {
                throw new IllegalArgumentException("the first error");
            });
        });
        assertThat(logged).contains("the first error");
        assertTold(logged, "the exception handler failed");
    }

    @Test
    void aHandlerThatOverflowsTheStackCostsItsMessage() {
        String logged = logOf(Unprintable.WHOSE_MESSAGE_THROWS, e -> {
            Loop.current().setExceptionHandler((of, context) -> overflow(1));
            Loop.current().callSoon(() -> {
                throw new IllegalArgumentException("the first error");
            });
        });
        assertThat(logged).contains("the first error");
        assertTold(logged, "the exception handler failed");
    }

    @SuppressWarnings("InfiniteRecursion") // it is to overflow
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @Test
    void ofManyCausesTheFirstAndTheLastAreTold() {
        RuntimeException nested = new IllegalStateException("the root");
        for (int i = 0; i < 1_000; i++) {
            nested = new RuntimeException("retry " + i, nested);
        }
        RuntimeException thrown = nested;
        try (Log log = Log.capture()) {
            LoopLog.error("told", thrown);
            assertThat(log.text())
                    .containsSubsequence(
                            "told",
                            "RuntimeException: retry 999",
                            "TotalReportTest.ofManyCausesTheFirstAndTheLastAreTold",
                            "RuntimeException: retry 980",
                            "... 961 more causes",
                            "RuntimeException: retry 18",
                            "IllegalStateException: the root")
                    .doesNotContain("retry 979", "retry 19\n");
        }
    }

    @Test
    void ofManySuppressedTheFirstAreToldAndHowManyMoreThereAre() {
        RuntimeException thrown = new RuntimeException("outer");
        for (int i = 0; i < 60_000; i++) {
            thrown.addSuppressed(new RuntimeException("inner " + i));
        }
        try (Log log = Log.capture()) {
            LoopLog.error("told", thrown);
            assertThat(log.text())
                    .contains("inner 0", "inner 9", "and 59990 more")
                    .doesNotContain("inner 10");
        }
    }

    @Test
    void aPrintableExceptionIsLoggedAsItIs() {
        Throwable usual = new IllegalStateException("outer", new RuntimeException("cause"));
        usual.addSuppressed(new RuntimeException("suppressed"));
        assertThat(Printable.of(usual)).isSameAs(usual);
    }

    @Test
    void aMessageWithoutEndIsCut() {
        try (Log log = Log.capture()) {
            LoopLog.error("m".repeat(1_000_000), new RuntimeException("e".repeat(1_000_000)));
            assertThat(log.text()).contains("(990000 more characters)").hasSizeLessThan(50_000);
        }
    }

    @Test
    void tasksThatDoNotEndAreToldOfByNameUpToTen() {
        TestLoop loop = new TestLoop(o -> o.withCloseTimeout(Duration.ofSeconds(1)));
        loop.run(() -> {
            for (int i = 0; i < 1_200; i++) {
                createTask(TotalReportTest::refuseToEnd, "stubborn-" + i);
            }
            yieldNow();
        });
        loop.errors();
        loop.close();
        assertThat(loop.errors()).hasSize(1);
        assertThat(loop.errors().getFirst().message())
                .contains("closed before these cancelled tasks had ended", "stubborn-0,", "stubborn-9,")
                .endsWith("\n  and 1,190 more")
                .doesNotContain("stubborn-10,");
    }

    private static void refuseToEnd() {
        while (true) {
            try {
                sleep(Duration.ofHours(1));
            } catch (CancelledError refused) {
                // For ever.
            }
        }
    }

    @Test
    void anExecutorThatRefusesToShutDownDoesNotKeepTheLoopOpen() {
        TestLoop loop = new TestLoop();
        try (ThreadPoolExecutor stubborn =
                new ThreadPoolExecutor(
                        0,
                        1,
                        1,
                        java.util.concurrent.TimeUnit.SECONDS,
                        new java.util.concurrent.LinkedBlockingQueue<>()) {
                    private boolean asked;

                    @Override
                    public void shutdown() {
                        if (!asked) {
                            asked = true;
                            throw new SecurityException("not by you");
                        }
                        super.shutdown();
                    }
                }) {
            loop.run(() -> loop.loop().setDefaultExecutor(stubborn));
            loop.errors();
            loop.close();
        }
        assertThat(loop.loop().isClosed()).isTrue();
        assertThat(loop.errors())
                .extracting(ErrorContext::message)
                .containsExactly("cannot shut down the default executor");
    }

    @Test
    void generatorsAreClosedThoughAnObserverOfTasksThrows() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            for (int i = 0; i < 2; i++) {
                assertThat(items(i).iterator().next()).isEqualTo("item");
            }
            boolean[] thrown = new boolean[1];
            loop.loop().onTaskCreated(task -> {
                if (!thrown[0]) {
                    thrown[0] = true;
                    throw new IllegalStateException("observer");
                }
            });
        });
        loop.errors();
        loop.close();
        assertThat(trail.entries()).hasSize(1);
        assertThat(loop.errors())
                .extracting(ErrorContext::message)
                .containsExactly("cannot close an open generator as its loop closes");
    }

    private Generator<String> items(int number) {
        return Asyncio.generator(out -> {
            try {
                out.emit("item");
            } finally {
                trail.add("closed " + number);
            }
        });
    }

    /** A program whose logging library throws whatever it is asked. */
    static final class WithBrokenLogger {
        private WithBrokenLogger() {}

        public static void main(String[] args) {
            InternalLoggerFactory.setDefaultFactory(new InternalLoggerFactory() {
                @Override
                protected InternalLogger newInstance(String name) {
                    return name.equals(Loop.class.getName()) ? brokenLogger() : quietLogger();
                }
            });
            run(WithBrokenLogger::failInEachWay, o -> o.withWatchdog(Duration.ofMillis(40)));
            System.out.println("END");
        }

        private static InternalLogger brokenLogger() {
            return loggerThat(true);
        }

        private static InternalLogger quietLogger() {
            return loggerThat(false);
        }

        private static InternalLogger loggerThat(boolean throwsErrors) {
            return (InternalLogger) Proxy.newProxyInstance(
                    InternalLogger.class.getClassLoader(),
                    new Class<?>[] {InternalLogger.class},
                    (proxy, method, arguments) -> {
                        if (throwsErrors) {
                            throw new StackOverflowError("the logger is broken");
                        }
                        return method.getReturnType() == boolean.class ? false : null;
                    });
        }

        private static void failInEachWay() throws Exception {
            Loop loop = Loop.current();
            loop.setDebug(true);
            loop.setSlowCallbackDuration(Duration.ZERO);
            loop.callSoon(() -> {
                throw new IllegalStateException("callback");
            });
            loop.callAtPassEnd(() -> {
                throw new IllegalStateException("pass end");
            });
            createTask(() -> {
                throw new IllegalStateException("never looked at");
            });
            createTask(() -> {
                try {
                    sleep(Duration.ofHours(1));
                } finally {
                    yieldNow();
                    System.out.println("finally");
                    throwIt(new IllegalStateException("while it closes"));
                }
            });
            sleep(Duration.ofMillis(5));
            // Held, so that the watchdog barks.
            long start = System.nanoTime();
            while (System.nanoTime() - start < 200_000_000) {
                Thread.onSpinWait();
            }
            System.out.println("main goes on");
        }
    }

    @Test
    void aLoggerThatThrowsCostsItsMessagesAndNothingElse() {
        ChildJvm.Ended end = ChildJvm.of(WithBrokenLogger.class).run();
        assertThat(end.out()).as(end.toString()).isEqualTo(List.of("main goes on", "finally", "END"));
        assertThat(end.status()).isZero();
    }

    @Test
    void aLoopThatIsClosedByHandEndsThoughNobodyCanPrintItsFailures() {
        try (Log log = Log.capture();
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Loop loop = newEventLoop();
            loop.runUntilComplete(() -> {
                loop.createFuture().setException(Unprintable.WITH_20_000_CAUSES.make());
                loop.createFuture().setException(new IllegalStateException("the next one"));
            });
            executor.submit(loop::close);
            loop.close();
            assertThat(loop.isClosed()).isTrue();
            assertThat(log.text()).contains("retry", "the next one");
        }
    }
}
