package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debug mode: reports say where things were created, and what is slow is told. */
class DebugTest {
    private static TestLoop debugLoop() {
        return new TestLoop(LoopOptions::withDebug);
    }

    private static Task<?> createFailing() {
        return createTask(
                () -> {
                    throw new IllegalArgumentException("boom");
                },
                "forgotten");
    }

    @Test
    @PortOf("test_base_events.set_debug")
    void debugModeIsTurnedOnAndOff() {
        try (TestLoop loop = new TestLoop()) {
            assertThat(loop.loop().isDebug()).isFalse();
            loop.run(() -> {
                loop.loop().setDebug(true);
                assertThat(loop.loop().isDebug()).isTrue();
                loop.loop().setDebug(false);
                assertThat(loop.loop().isDebug()).isFalse();
            });
        }
        try (TestLoop loop = debugLoop()) {
            assertThat(loop.loop().isDebug()).isTrue();
        }
    }

    /** Prints whether its loop is in debug mode. */
    static final class SaysWhether {
        private SaysWhether() {}

        public static void main(String[] args) {
            run(() -> System.out.println("debug=" + Loop.current().isDebug()));
        }
    }

    private static String debugOf(ChildJvm jvm) {
        return jvm.run().line();
    }

    @Test
    @PortOf("test_base_events.env_var_debug")
    void aSystemPropertyTurnsItOnInEveryLoop() {
        assertThat(debugOf(ChildJvm.of(SaysWhether.class))).isEqualTo("debug=false");
        assertThat(debugOf(ChildJvm.of(SaysWhether.class).with("-Dskein.debug=")))
                .isEqualTo("debug=false");
        assertThat(debugOf(ChildJvm.of(SaysWhether.class).with("-Dskein.debug=false")))
                .isEqualTo("debug=false");
        assertThat(debugOf(ChildJvm.of(SaysWhether.class).with("-Dskein.debug=true")))
                .isEqualTo("debug=true");
        assertThat(LoopOptions.defaults().debug()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dskein.debug=false", "-Dskein.debug", "-Dskein.debug=1", "-Dskein.debug=yes"})
    void anythingButTrueLeavesItOff(String option) {
        assertThat(ChildJvm.of(SaysWhether.class).with(option).run().out()).containsExactly("debug=false");
    }

    @Test
    @PortOf("test_futures.future_exception_never_retrieved_debug")
    void aFailureThatNobodyLookedAtTellsWhereItsTaskWasCreated() {
        TestLoop loop = debugLoop();
        loop.run(() -> {
            createFailing();
            yieldNow();
        });
        loop.errors();
        loop.close();
        ErrorContext report = loop.errors().getFirst();
        assertThat(report.creation().getFirst().getMethodName()).isEqualTo("createFailing");
        assertThat(report.creation()).hasSizeLessThanOrEqualTo(10);
        assertThat(report.toString()).contains("created", "at dev.skein.loop.DebugTest.createFailing(DebugTest.java:");
    }

    @Test
    void aFutureTellsWhereItWasCreated() {
        TestLoop loop = debugLoop();
        loop.run(() -> loop.createFuture().setException(new IllegalStateException("lost")));
        loop.errors();
        loop.close();
        assertThat(loop.errors().getFirst().creation().getFirst().getMethodName())
                .contains("aFutureTellsWhereItWasCreated");
    }

    @Test
    @PortOf("test_events.callback_with_exception")
    void aCallbackThatThrowsTellsWhereItWasGivenToTheLoop() {
        try (TestLoop loop = debugLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    throw new IllegalStateException("boom");
                });
                yieldNow();
            });
            assertThat(loop.errors().getFirst().creation().getFirst().getMethodName())
                    .contains("aCallbackThatThrowsTellsWhereItWasGivenToTheLoop");
        }
    }

    @Test
    void withoutItNothingIsRemembered() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            createFailing();
            yieldNow();
        });
        loop.errors();
        loop.close();
        assertThat(loop.errors().getFirst().creation()).isEmpty();
        assertThat(loop.errors().getFirst().toString()).doesNotContain("created");
    }

    @Test
    @PortOf("test_base_events.log_slow_callbacks")
    void aSlowStepIsLoggedByName() {
        try (Log log = Log.capture();
                TestLoop loop = debugLoop()) {
            loop.run(() -> {
                loop.loop().setSlowCallbackDuration(Duration.ZERO);
                Consumer<Future<String>> named = new NamedCallback();
                Future<String> future = loop.createFuture();
                future.addDoneCallback(named);
                future.setResult("done");
                loop.callSoon(new NamedRunnable());
                createTask(() -> {}, "slow-one");
                loop.settle();
            });
            assertThat(log.text())
                    .containsPattern("executing done callback the named one of .* took [0-9.]+ [mun]?s")
                    .containsPattern("executing Handle\\[the named runnable\\] took [0-9.]+ [mun]?s")
                    .containsPattern("executing Task\\[name=slow-one, .*\\] took [0-9.]+ [mun]?s")
                    .contains("created", "DebugTest");
        }
    }

    @Test
    void soIsTheStepOfACoroutineThatTheJdkHasWoken() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        try (Log log = Log.capture();
                TestLoop loop = debugLoop()) {
            loop.run(() -> {
                loop.loop().setSlowCallbackDuration(Duration.ZERO);
                Thread[] parked = new Thread[1];
                Task<?> task = createTask(
                        () -> {
                            parked[0] = Thread.currentThread();
                            LockSupport.park();
                        },
                        "parked-one");
                yieldNow();
                LockSupport.unpark(parked[0]);
                task.await();
            });
            assertThat(log.text().split("executing Task\\[name=parked-one, ", -1))
                    .hasSize(3);
        }
    }

    private static final class NamedRunnable implements Runnable {
        @Override
        public void run() {}

        @Override
        public String toString() {
            return "the named runnable";
        }
    }

    private static final class NamedCallback implements Consumer<Future<String>> {
        @Override
        public void accept(Future<String> done) {}

        @Override
        public String toString() {
            return "the named one";
        }
    }

    @Test
    void aFastStepIsNotLogged() {
        try (Log log = Log.capture();
                TestLoop loop = debugLoop()) {
            loop.run(() -> {
                loop.loop().setSlowCallbackDuration(Duration.ofHours(1));
                for (Task<?> task : List.of(createTask(() -> {}), createTask(() -> {}))) {
                    task.await();
                }
            });
            assertThat(log.text()).doesNotContain("executing");
        }
    }

    @Test
    void theLimitIsATenthOfASecondAtFirstAndNotNegative() {
        try (TestLoop loop = new TestLoop()) {
            assertThat(loop.loop().slowCallbackDuration()).isEqualTo(Duration.ofMillis(100));
            loop.run(() -> assertThatThrownBy(() -> loop.loop().setSlowCallbackDuration(Duration.ofMillis(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("slowCallbackDuration < 0: -1 ms"));
        }
        assertThatThrownBy(() -> LoopOptions.defaults().withWatchdog(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("watchdog < 0: -1 s");
    }
}
