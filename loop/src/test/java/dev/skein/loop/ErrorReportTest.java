package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of failures that nobody awaits, and of callbacks that throw. */
class ErrorReportTest {
    private final Trail trail = new Trail();

    private static Future<String> failed(TestLoop loop, String message) {
        Future<String> future = loop.createFuture();
        future.setException(new RuntimeException(message));
        return future;
    }

    /** Closes a loop whose test expects errors, and gives the messages of all of them. */
    private static List<String> reportedUntilClosed(TestLoop loop) {
        loop.errors();
        loop.close();
        return exceptions(loop);
    }

    private static List<String> exceptions(TestLoop loop) {
        return loop.errors().stream()
                .map(context -> String.valueOf(context.exception().orElseThrow().getMessage()))
                .toList();
    }

    @Test
    @PortOf("test_futures.tb_logger_exception_unretrieved")
    @PortOf("test_futures.future_exception_never_retrieved")
    void aFailureThatNobodyLookedAtIsReportedOnceWhenTheLoopCloses() {
        TestLoop loop = new TestLoop();
        Future<String> kept = loop.run(() -> failed(loop, "boom"));
        assertThat(loop.errors()).isEmpty();
        assertThat(reportedUntilClosed(loop)).containsExactly("boom");
        assertThat(loop.errors().getFirst().message())
                .endsWith("was never retrieved: await it, or ask for its result or exception");
        assertThat(kept.isDone()).isTrue();
    }

    @Test
    void theReportNamesTheTask() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            createTask(
                    () -> {
                        throw new RuntimeException("boom");
                    },
                    "reader-7");
            yieldNow();
        });
        assertThat(reportedUntilClosed(loop)).containsExactly("boom");
        assertThat(loop.errors().getFirst().message()).contains("'reader-7'");
    }

    @Test
    void severalAreReportedInTheOrderInWhichTheyFailed() {
        TestLoop loop = new TestLoop();
        // One that is collected before is reported then, whenever that is.
        List<Future<String>> kept = new ArrayList<>();
        try {
            loop.run(() -> {
                for (int i = 0; i < 20; i++) {
                    kept.add(failed(loop, "number " + i));
                }
            });
            assertThat(reportedUntilClosed(loop))
                    .isEqualTo(
                            IntStream.range(0, 20).mapToObj(i -> "number " + i).toList());
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    @Test
    @PortOf("test_futures.tb_logger_exception_unretrieved")
    void oneThatIsCollectedIsReportedThen() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                createTask(() -> {
                    throw new RuntimeException("of a task");
                });
                failed(loop, "of a future");
                for (int i = 0; i < 400 && loop.errors().size() < 2; i++) {
                    System.gc();
                    toThread(() -> {
                        Thread.sleep(5);
                        return 0;
                    });
                }
                assertThat(exceptions(loop)).containsExactlyInAnyOrder("of a task", "of a future");
            });
        }
    }

    @Test
    @PortOf("test_futures.tb_logger_exception_retrieved")
    @PortOf("test_futures.tb_logger_exception_result_retrieved")
    @PortOf("test_futures.tb_logger_result_retrieved")
    @PortOf("test_futures.tb_logger_result_unretrieved")
    @PortOf("test_futures.tb_logger_abandoned")
    void onesThatSomebodyLookedAtAreNot() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(failed(loop, "awaited")::await).hasMessage("awaited");
                assertThatThrownBy(failed(loop, "result")::result).hasMessage("result");
                assertThat(failed(loop, "exception").exception()).hasMessage("exception");
                failed(loop, "callback").addDoneCallback(Future::exception);
                Future<String> early = loop.createFuture();
                early.addDoneCallback(Future::exception);
                early.setException(new RuntimeException("callback before it failed"));
                assertThatThrownBy(gather(failed(loop, "gathered"), failed(loop, "too"))::await)
                        .isInstanceOf(RuntimeException.class);
                Future<String> good = loop.createFuture();
                good.setResult("nobody asks for it");
                loop.createFuture();
            });
        }
    }

    @Test
    void cancellationsAreNot() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> sleep(Duration.ofHours(1)));
                yieldNow();
                task.cancel();
                yieldNow();
                loop.createFuture().cancel();
                createTask(() -> {
                    throw new CancelledError("my own");
                });
                yieldNow();
            });
        }
    }

    @Test
    void askingTooEarlyIsNotLooking() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<String> future = loop.createFuture();
            assertThatThrownBy(future::result).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(future::exception).isInstanceOf(InvalidStateException.class);
            future.setException(new RuntimeException("boom"));
        });
        assertThat(reportedUntilClosed(loop)).containsExactly("boom");
    }

    @Test
    void cancellingWhatHasFailedIsNotLooking() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<String> future = failed(loop, "boom");
            assertThat(future.cancel()).isFalse();
        });
        assertThat(reportedUntilClosed(loop)).containsExactly("boom");
    }

    @Test
    void aCallbackThatWasTakenBackIsNotLookingEither() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<String> future = loop.createFuture();
            Consumer<Future<String>> callback = done -> trail.add("called");
            future.addDoneCallback(callback);
            future.removeDoneCallback(callback);
            future.setException(new RuntimeException("boom"));
        });
        assertThat(reportedUntilClosed(loop)).containsExactly("boom");
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void theFailuresInAGatherThatNobodyAwaitsAreReported() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            gather(failed(loop, "one"), failed(loop, "two"));
            yieldNow();
        });
        assertThat(reportedUntilClosed(loop)).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    @PortOf("test_events.callback_with_exception")
    void aCallbackThatThrowsIsReportedAndTheLoopGoesOn() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    throw new IllegalStateException("soon");
                });
                loop.callSoon(() -> {
                    throw new StackOverflowError("an error");
                });
                loop.callLater(Duration.ofSeconds(1), () -> {
                    throw new IllegalStateException("later");
                });
                Future<String> future = loop.createFuture();
                future.addDoneCallback(done -> {
                    throw new IllegalStateException("done callback");
                });
                future.addDoneCallback(done -> trail.add("second callback"));
                future.setResult("x");
                loop.loop().callAtPassEnd(() -> {
                    throw new IllegalStateException("pass end");
                });
                loop.loop().callAtPassEnd(() -> trail.add("second at pass end"));
                loop.loop().eventLoop().execute(() -> trail.add("netty's"));
                sleep(Duration.ofSeconds(2));
            });
            assertThat(exceptions(loop))
                    .containsExactlyInAnyOrder("soon", "an error", "done callback", "pass end", "later");
            assertThat(loop.errors())
                    .filteredOn(report ->
                            report.exception().orElseThrow().toString().matches(".*: (soon|later)"))
                    .allMatch(report -> report.message().matches("exception in callback (Timer)?Handle\\[.*"));
        }
        assertThat(trail.entries()).containsExactlyInAnyOrder("second callback", "second at pass end", "netty's");
    }

    @Test
    @PortOf("test_base_events.set_exc_handler_custom")
    void theHandlerGetsTheLoopAndTheContext() {
        List<ErrorContext> reports = new ArrayList<>();
        try (Loop loop = newEventLoop()) {
            loop.runUntilComplete(() -> {
                loop.setExceptionHandler((of, context) -> {
                    trail.add((of == loop) + " " + context);
                    reports.add(context);
                });
                loop.callExceptionHandler(ErrorContext.of("by hand").withTask(createTask(() -> {}, "t")));
                loop.callSoon(() -> {
                    throw new IllegalStateException("of a callback");
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).hasSize(2).first().isEqualTo("true by hand in Task[name=t, pending]");
        assertThat(trail.entries().getLast()).startsWith("true exception in callback Handle[");
        assertThat(reports.getLast().exception()).get().hasToString("java.lang.IllegalStateException: of a callback");
    }

    @Test
    void aHandlerPassesOnToTheDefaultWhatItDoesNotTreatItself() {
        String logged = logOf(() -> {
            try (Loop loop = newEventLoop()) {
                loop.setExceptionHandler((of, context) -> {
                    if (context.message().equals("mine")) {
                        trail.add("handled");
                    } else {
                        of.defaultExceptionHandler(context);
                    }
                });
                loop.runUntilComplete(() -> {
                    loop.callExceptionHandler(ErrorContext.of("mine"));
                    loop.callExceptionHandler(
                            ErrorContext.of("another").withException(new IllegalArgumentException("its cause")));
                });
                loop.setExceptionHandler(Loop::defaultExceptionHandler);
                loop.runUntilComplete(() -> loop.callExceptionHandler(ErrorContext.of("mine, by the default")));
            }
        });
        assertThat(trail.entries()).containsExactly("handled");
        assertThat(logged)
                .containsSubsequence("ERROR", "another", "IllegalArgumentException: its cause", "mine, by the default")
                .doesNotContain("mine\n");
    }

    @Test
    @PortOf("test_base_events.set_exc_handler_broken")
    @PortOf("test_base_events.default_exc_handler_broken")
    void aHandlerThatThrowsIsLoggedTogetherWithTheFirstError() {
        String logged = logOf(() -> {
            try (Loop loop = newEventLoop()) {
                loop.runUntilComplete(() -> {
                    loop.setExceptionHandler((of, context) -> {
                        throw new IllegalStateException("broken handler");
                    });
                    loop.callSoon(() -> {
                        throw new IllegalArgumentException("the first error");
                    });
                    yieldNow();
                    trail.add("goes on");
                });
            }
        });
        assertThat(logged)
                .containsSubsequence(
                        "exception in callback",
                        "IllegalArgumentException: the first error",
                        "the exception handler failed",
                        "IllegalStateException: broken handler");
        assertThat(trail.entries()).containsExactly("goes on");
    }

    @Test
    @PortOf("test_base_events.default_exc_handler_coro")
    void withoutAHandlerItIsLogged() {
        String logged = logOf(() -> run(() -> {
            Task<?> forgotten = createTask(
                    () -> {
                        throw new IllegalArgumentException("boom");
                    },
                    "forgotten");
            yieldNow();
            assertThat(forgotten.isDone()).isTrue();
        }));
        assertThat(logged)
                .containsSubsequence("'forgotten' was never retrieved", "IllegalArgumentException: boom")
                .containsOnlyOnce("boom");
    }

    @Test
    @PortOf("test_base_events.default_exc_handler_callback")
    void withoutAHandlerWhatACallbackThrowsIsLogged() {
        String logged = logOf(() -> {
            try (Loop loop = newEventLoop(LoopOptions::withVirtualTime)) {
                loop.runUntilComplete(() -> {
                    loop.callSoon(() -> {
                        throw new IllegalArgumentException("at once");
                    });
                    loop.callLater(Duration.ofSeconds(1), () -> {
                        throw new IllegalArgumentException("later");
                    });
                    sleep(Duration.ofSeconds(2));
                });
            }
        });
        assertThat(logged)
                .containsSubsequence(
                        "exception in callback",
                        "IllegalArgumentException: at once",
                        "exception in callback",
                        "IllegalArgumentException: later");
    }

    /** What {@code body} has logged: tests log to the standard error. */
    private static String logOf(Runnable body) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            body.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
