package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of an entry whose turn fails, and of a coroutine that the JDK has woken, before its turn comes. */
class ReadyQueueTest {
    private final Trail trail = new Trail();
    private final @Nullable Thread[] parked = new Thread[1];
    private final CountDownLatch goesOn = new CountDownLatch(1);

    private static final class StepThatThrows extends ReadyEntry {
        @Override
        boolean isStep() {
            return true;
        }

        @Override
        void takeTurn() {
            throw new IllegalStateException("broken");
        }

        @Override
        public String toString() {
            return "the step";
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepThatThrowsIsReportedAndTheNextHasItsTurn(boolean debug) {
        try (TestLoop loop = new TestLoop(options -> debug ? options.withDebug() : options)) {
            loop.run(() -> {
                loop.loop().ready().add(new StepThatThrows());
                createTask(() -> trail.add("next"));
                Asyncio.sleep(Duration.ofSeconds(1));
            });
            assertThat(loop.errors()).singleElement().satisfies(error -> {
                assertThat(error.message()).isEqualTo("exception in callback the step");
                assertThat(error.exception()).get().hasToString("java.lang.IllegalStateException: broken");
            });
        }
        assertThat(trail.entries()).containsExactly("next");
    }

    /** Without the watchdog: to take a stack wakes whose it is, and a loop that was lost would go on. */
    private static void unlessLost(Action main) throws Exception {
        Lost.unlessEnded(() -> {
            try (Loop loop = newEventLoop(options -> options.withWatchdog(Duration.ZERO))) {
                loop.runUntilComplete(main);
            }
            return "ended";
        });
    }

    private static void park(@Nullable Thread[] who) {
        who[0] = Thread.currentThread();
        LockSupport.park();
    }

    /** Wakes the one that has parked, and waits in the JDK until it has gone on. */
    private void wakeAndWait() {
        LockSupport.unpark(parked[0]);
        try {
            Await.latch(goesOn);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        trail.add("callback");
    }

    @Test
    void oneThatIsQueuedAlreadyGoesOnWhereACallbackWaitsForIt() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        unlessLost(() -> {
            createTask(() -> {
                park(parked);
                trail.add("coroutine");
                goesOn.countDown();
            });
            yieldNow();
            Loop.current().callSoon(this::wakeAndWait);
            yieldNow();
        });
        assertThat(trail.entries()).containsExactly("coroutine", "callback");
    }

    @Test
    void whatItStartsMeanwhileGoesOnWithItAndNothingElse() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        unlessLost(() -> {
            createTask(() -> {
                park(parked);
                createTask(
                        () -> {
                            trail.add("child");
                            yieldNow();
                            trail.add("child goes on");
                        },
                        options -> options.withEagerStart(true));
                trail.add("coroutine");
                goesOn.countDown();
            });
            yieldNow();
            Loop.current().callSoon(this::wakeAndWait);
            createTask(() -> trail.add("other"));
            yieldNow();
            yieldNow();
        });
        assertThat(trail.entries()).containsExactly("child", "coroutine", "callback", "other", "child goes on");
    }

    @Test
    void whatThrowsMeanwhileIsReportedAfterwards() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        List<ErrorContext> errors = new ArrayList<>();
        unlessLost(() -> {
            Loop me = Loop.current();
            me.setExceptionHandler((of, context) -> errors.add(context));
            createTask(
                    () -> {
                        park(parked);
                        me.ready().addNext(new StepThatThrows());
                        goesOn.countDown();
                    },
                    "parked");
            yieldNow();
            me.callSoon(this::wakeAndWait);
            yieldNow();
        });
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.message()).isEqualTo("exception in callback Coroutine[parked DONE]");
            assertThat(error.exception()).get().hasToString("java.lang.IllegalStateException: broken");
        });
    }

    /** Nobody takes its turn any more: it goes on where the JDK runs virtual threads. */
    @Test
    void oneThatIsQueuedAsItsLoopEndsGoesOnWithoutIt() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        AtomicBoolean last = new AtomicBoolean();
        Loop loop = newEventLoop(options -> options.withCloseTimeout(Duration.ofNanos(1)));
        Future<?> lost = loop.runUntilComplete(() -> {
                    createTask(() -> {
                        while (!last.get()) {
                            park(parked);
                            Thread.interrupted();
                        }
                        goesOn.countDown();
                    });
                    yieldNow();
                    loop.setExceptionHandler((of, context) -> {
                        // When all but this is done.
                        if (context.exception().stream().anyMatch(e -> "lost".equals(e.getMessage()))) {
                            last.set(true);
                            LockSupport.unpark(parked[0]);
                        }
                    });
                    Future<String> failed = loop.createFuture();
                    failed.setException(new IllegalStateException("lost"));
                    return List.of(failed);
                })
                .getFirst();
        loop.close();

        Await.latch(goesOn);
        assertThat(lost.isDone()).isTrue();
    }
}
