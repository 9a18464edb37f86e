package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.staggeredRace;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An await where a thread cannot be suspended: in a class initialiser, which has native frames below it. */
@SuppressWarnings("StaticAssignmentOfThrowable") // how an initialiser tells what it met
class PinnedTest {
    private static final String REFUSED = "await in a class initialiser or below native code: the thread cannot be"
            + " suspended there; await before or after it";

    private static final Trail TRAIL = new Trail();

    /** What the initialisers below await; each test sets its own. */
    private static @Nullable Future<String> awaited;

    private final Trail trail = new Trail();

    @BeforeEach
    void mounted() {
        RuntimeMode.assume("an await in a class initialiser waits, and holds a carrier of the JDK's pool");
    }

    private static final class SleepsInItsInitialiser {
        static {
            sleep(Duration.ofMillis(1));
        }

        static void touch() {}
    }

    @Test
    void anAwaitInAClassInitialiserIsRefusedAtThatLine() {
        run(() -> {
            Throwable thrown = catchThrowable(SleepsInItsInitialiser::touch);

            assertThat(thrown).isInstanceOf(ExceptionInInitializerError.class);
            Throwable refusal = thrown.getCause();
            assertThat(refusal).isInstanceOf(IllegalStateException.class).hasMessage(REFUSED);
            assertThat(Arrays.stream(refusal.getStackTrace())
                            .filter(frame -> frame.getClassName().equals(SleepsInItsInitialiser.class.getName())))
                    .singleElement()
                    .extracting(StackTraceElement::getMethodName)
                    .isEqualTo("<clinit>");
        });
    }

    private static final class CatchesInItsInitialiser {
        static final Throwable REFUSAL = catchThrowable(() -> await(awaitedNow()));
    }

    private static Future<String> awaitedNow() {
        Future<String> future = awaited;
        if (future == null) {
            throw new AssertionError("nothing to await");
        }
        return future;
    }

    @Test
    void aFutureWhoseAwaitWasRefusedWakesNobody() {
        run(() -> {
            Future<String> refused = Loop.current().createFuture();
            Future<String> next = Loop.current().createFuture();
            awaited = refused;
            Task<String> task = createTask(() -> {
                assertThat(CatchesInItsInitialiser.REFUSAL)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(REFUSED);
                trail.add("goes on");
                return await(next);
            });
            yieldNow();
            refused.setResult("too late");
            yieldNow();
            yieldNow();
            trail.add("done: " + task.isDone());
            next.setResult("awaited");
            trail.add(await(task));
        });

        assertThat(trail.entries()).containsExactly("goes on", "done: false", "awaited");
    }

    private static final class YieldsInItsInitialiser {
        static final Throwable REFUSAL = catchThrowable(Asyncio::yieldNow);
    }

    @Test
    void aRefusedYieldLeavesNoTurnBehind() {
        run(() -> {
            Action first = () -> {
                assertThat(YieldsInItsInitialiser.REFUSAL).hasMessage(REFUSED);
                yieldThreeTimes("a");
            };
            await(gather(first, () -> yieldThreeTimes("b")));
        });

        assertThat(trail.entries()).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
    }

    private void yieldThreeTimes(String name) {
        for (int i = 0; i < 3; i++) {
            trail.add(name + i);
            yieldNow();
        }
    }

    private static final class IsCancelledInItsInitialiser {
        static final Throwable REFUSAL = catchThrowable(() -> {
            Task<?> me = Asyncio.currentTask();
            assertThat(me).isNotNull();
            me.cancel();
            sleep(Duration.ofSeconds(60));
        });
    }

    @Test
    void aTaskThatIsCancelledThereIsStillCancelledAfterwards() {
        run(() -> {
            Task<@Nullable Void> task = createTask(() -> {
                trail.add(IsCancelledInItsInitialiser.REFUSAL.getClass().getSimpleName());
                yieldNow();
                trail.add("not reached");
            });
            while (!task.isDone()) {
                yieldNow();
            }
            trail.add("cancelled: " + task.isCancelled());
        });

        assertThat(trail.entries()).containsExactly("IllegalStateException", "cancelled: true");
    }

    private static void assertRefusedInAnInitialiser(Runnable action) throws Exception {
        List<Throwable> refusals = new ArrayList<>();
        InInitialiser.run(() -> refusals.add(catchThrowable(action::run)));
        assertThat(refusals)
                .singleElement()
                .satisfies(refusal -> assertThat(refusal)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(REFUSED));
    }

    @Test
    void aGeneratorThatIsRefusedThereHasNotBegun() {
        run(() -> {
            Generator<String> items = generator(out -> out.emit("item"));
            assertRefusedInAnInitialiser(() -> items.iterator().next());
            assertThat(Loop.current().openGenerators().isEmpty()).isTrue();
            yieldNow();
            assertThat(items).containsExactly("item");
        });
    }

    @Test
    void aGeneratorThatIsRefusedThereInItsMiddleGoesOnAfterwards() {
        run(() -> {
            Generator<String> items = generator(out -> {
                out.emit("first");
                out.emit("second");
            });
            Iterator<String> iterator = items.iterator();
            trail.add(iterator.next());
            assertRefusedInAnInitialiser(() -> trail.add(iterator.hasNext()));
            assertRefusedInAnInitialiser(items::close);
            yieldNow();
            trail.add(iterator.next());
            trail.add(iterator.hasNext());
        });

        assertThat(trail.entries()).containsExactly("first", "second", "false");
    }

    @Test
    void aRaceThatIsRefusedThereHasRunNobody() {
        run(() -> {
            Awaitable<String> runner = () -> {
                trail.add("ran");
                return "ran";
            };
            assertRefusedInAnInitialiser(() -> staggeredRace(List.of(runner), Duration.ofSeconds(1)));
            yieldThreeTimes("a");
        });

        assertThat(trail.entries()).containsExactly("a0", "a1", "a2");
    }

    @Test
    void anEmitThatIsRefusedThereHasNotHandedOver() {
        run(() -> {
            Generator<String> items = generator(out -> {
                assertRefusedInAnInitialiser(() -> out.emit("refused"));
                yieldNow();
                out.emit("item");
            });
            assertThat(items).containsExactly("item");
            yieldNow();
        });
    }

    @Test
    void anAwaitRefusedInAnInitialiserLeavesNoTurnBehind() {
        run(() -> {
            Future<String> future = Loop.current().createFuture();
            Action first = () -> {
                assertRefusedInAnInitialiser(Asyncio::yieldNow);
                assertRefusedInAnInitialiser(future::await);
                future.setResult("too late");
                assertRefusedInAnInitialiser(() ->
                        Loop.current().createTask(() -> trail.add("never"), options -> options.withEagerStart(true)));
                yieldThreeTimes("a");
            };
            await(gather(first, () -> yieldThreeTimes("b")));
        });

        assertThat(trail.entries()).containsExactly("a0", "b0", "a1", "b1", "a2", "b2");
    }

    /** What is made ready in a round waits for the next one, and a timer that is due comes before it. */
    @Test
    void anEagerTaskThatIsRefusedThereLeavesTheRoundAsItWas() throws Exception {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop me = loop.loop();
                me.callSoon(() -> {
                    trail.add("a");
                    me.callSoon(() -> trail.add("made by a"));
                });
                me.callLater(Duration.ZERO, () -> trail.add("timer"));
                InInitialiser.run(() -> trail.add(catchThrowable(
                                () -> createTask(() -> trail.add("never"), options -> options.withEagerStart(true)))
                        .getMessage()));
                for (int i = 0; i < 3; i++) {
                    yieldNow();
                }
            });
        }
        assertThat(trail.entries()).containsExactly(REFUSED, "a", "timer", "made by a");
    }

    private static final class BlocksInItsInitialiser {
        static {
            try {
                Thread.sleep(1);
                TRAIL.add("slept");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        static void touch() {}
    }

    @Test
    void aThreadSleepThereHoldsTheLoopAndEnds() {
        run(() -> {
            BlocksInItsInitialiser.touch();
            TRAIL.add("goes on");
            yieldNow();
        });

        assertThat(TRAIL.entries()).containsExactly("slept", "goes on");
    }

    @Test
    void theErrorOfAnAwaitThereIsThatOfTheTask() {
        run(() -> {
            Task<@Nullable Void> task = createTask(() -> Failing.touch());

            assertThatThrownBy(() -> await(task))
                    .isInstanceOf(ExceptionInInitializerError.class)
                    .hasRootCauseMessage(REFUSED);
        });
    }

    private static final class Failing {
        static {
            yieldNow();
        }

        static void touch() {}
    }
}
