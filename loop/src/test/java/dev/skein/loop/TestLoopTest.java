package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop in virtual time that the other tests stand on. */
class TestLoopTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Trail trail = new Trail();

    @Test
    void threeHoursPassInAMoment() {
        try (TestLoop loop = new TestLoop()) {
            assertThat(loop.elapsed()).isZero();
            loop.run(() -> {
                for (int i = 0; i < 10_800; i++) {
                    sleep(Duration.ofSeconds(1));
                }
            });
            assertThat(loop.elapsed()).isEqualTo(Duration.ofHours(3));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL", "IO_URING"})
    void timeIsTheSameOnEveryTransport(Transport transport) {
        assumeTrue(
                transport.isAvailable(),
                () -> transport + " is not available here: " + transport.unavailabilityCause());
        try (TestLoop loop = new TestLoop(o -> o.withTransport(transport))) {
            loop.run(() ->
                    gather(() -> sleep(HOUR), () -> sleep(HOUR.multipliedBy(3))).await());
            assertThat(loop.elapsed()).isEqualTo(Duration.ofHours(3));
            assertThat(loop.loop().transport()).isEqualTo(transport);
        }
    }

    @Test
    void timeStandsStillWhileThereIsWork() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callLater(Duration.ofNanos(1), () -> trail.add("timer"));
                for (int i = 0; i < 10_000; i++) {
                    yieldNow();
                }
                trail.add(loop.loop().time());
                sleep(Duration.ofNanos(1));
                trail.add(loop.loop().time());
            });
        }
        assertThat(trail.entries()).containsExactly("0", "timer", "1");
    }

    @Test
    void severalRunsShareTheLoopAndItsTime() {
        try (TestLoop loop = new TestLoop()) {
            int result = loop.run(() -> {
                createTask(() -> {
                    sleep(Duration.ofSeconds(3));
                    trail.add("from the first run at " + loop.elapsed().toSeconds());
                });
                sleep(Duration.ofSeconds(1));
                return 42;
            });
            assertThat(result).isEqualTo(42);
            assertThat(trail.entries()).isEmpty();
            loop.run(() -> sleep(Duration.ofSeconds(4)));
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(5));
        }
        assertThat(trail.entries()).containsExactly("from the first run at 3");
    }

    @Test
    void whereEverythingWaitsForEverItSaysWhoWaitsForWhat() {
        try (TestLoop loop = new TestLoop()) {
            assertThatThrownBy(() -> loop.run(() -> {
                        CurrentTask.thisTask().setName("main");
                        Future<String> never = loop.createFuture();
                        Task<?> reader = createTask(() -> trail.add(never.await()), "reader");
                        reader.await();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .satisfies(stuck -> assertThat(
                                    String.valueOf(stuck.getMessage()).replaceAll(":\\d+", ":N"))
                            .isEqualTo("""
                                    deadlock: every task waits, and no timer is pending:
                                    └── (T) main [waiting on Task 'reader']
                                        └── TestLoopTest.whereEverythingWaitsForEverItSaysWhoWaitsForWhat TestLoopTest.java:N
                                            └── (T) reader [waiting on Future]
                                                └── TestLoopTest.whereEverythingWaitsForEverItSaysWhoWaitsForWhat TestLoopTest.java:N"""));
        }
    }

    @Test
    void tasksThatWaitForEachOtherAreReportedAndClosed() {
        TestLoop loop = new TestLoop();
        assertThatThrownBy(() -> loop.run(() -> {
                    Future<Task<?>> second = loop.createFuture();
                    Task<?> one = createTask(() -> second.await().await(), "one");
                    Task<?> two = createTask(() -> one.await(), "two");
                    second.setResult(two);
                    two.await();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("deadlock: every task waits, and no timer is pending:\ncycle: ")
                .hasMessageContaining("two -> one -> two");
        loop.close();
        assertThat(loop.loop().isClosed()).isTrue();
    }

    @Test
    void afterAReportTheLoopCanStillBeUsed() {
        try (TestLoop loop = new TestLoop()) {
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
            assertThat(loop.<String>run(() -> {
                        sleep(HOUR);
                        return "ran";
                    }))
                    .isEqualTo("ran");
        }
    }

    @Test
    void whileAThreadWorksTimeDoesNotJump() {
        CountDownLatch go = new CountDownLatch(1);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> sleeper = createTask(() -> {
                    sleep(HOUR);
                    trail.add("slept");
                });
                Task<?> worker = createTask(() -> {
                    toThread(() -> go.await(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
                    trail.add("worker at " + loop.elapsed());
                });
                Thread.ofPlatform().start(go::countDown);
                gather(sleeper, worker).await();
            });
            assertThat(loop.elapsed()).isGreaterThanOrEqualTo(HOUR);
        }
        assertThat(trail.entries()).hasSize(2);
        assertThat(trail.entries().getFirst()).startsWith("worker at ");
        assertThat(trail.entries().getLast()).isEqualTo("slept");
    }

    @Test
    void aCoroutineThatIsStoppedInTheJdkIsWaitedForToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> blocked = createTask(() -> {
                    Thread.sleep(5);
                    trail.add("woken");
                });
                Task<?> sleeper = createTask(() -> {
                    sleep(HOUR);
                    trail.add("slept");
                });
                gather(blocked, sleeper).await();
            });
        }
        assertThat(trail.entries()).containsExactly("woken", "slept");
    }

    @Test
    void whileWorkIsOutsideTimePassesAsItReallyDoes() {
        try (TestLoop loop = new TestLoop()) {
            int result = loop.run(() -> toThread(() -> runCoroutineThreadsafe(
                            () -> {
                                sleep(Duration.ofMillis(5));
                                return 3;
                            },
                            loop.loop())
                    .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)));
            assertThat(result).isEqualTo(3);
        }
    }

    @Test
    void errorsThatNobodyAwaitsFailTheTestAtItsEnd() {
        IllegalArgumentException failure = new IllegalArgumentException("nobody looked");
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            createTask(
                    () -> {
                        throw failure;
                    },
                    "forgotten");
            yieldNow();
        });
        assertThatThrownBy(loop::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("unhandled errors (a test that expects them calls errors()): [")
                .hasMessageContaining("forgotten")
                .satisfies(error -> assertThat(error.getSuppressed()).containsExactly(failure));
        assertThat(loop.loop().isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 12})
    void ofManyErrorsTenAreToldAndTheRestCounted(int errors) {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            for (int i = 0; i < errors; i++) {
                loop.loop().callExceptionHandler(ErrorContext.of("error " + i));
            }
        });
        String told = IntStream.range(0, 10).mapToObj(i -> "error " + i).collect(Collectors.joining(", ", "[", "]"));
        assertThatThrownBy(loop::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage("unhandled errors (a test that expects them calls errors()): " + told
                        + (errors == 10 ? "" : " and " + (errors - 10) + " more"));
    }

    @Test
    void forEachSeedRunsTheTestOncePerSeed() {
        int[] runs = new int[1];
        TestLoop.forEachSeed(3, loop -> runs[0]++);
        assertThat(runs[0]).isEqualTo(3);
    }

    @Test
    void errorsThatTheTestAsksForDoNotFailIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    throw new IllegalArgumentException("in a callback");
                });
                yieldNow();
            });
            assertThat(loop.errors())
                    .singleElement()
                    .satisfies(context -> assertThat(context.exception())
                            .get()
                            .hasToString("java.lang.IllegalArgumentException: in a callback"));
        }
    }

    @Test
    void closeRunsTheFinallyBlocksInVirtualTime() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            createTask(() -> {
                try {
                    sleep(HOUR);
                } finally {
                    sleep(Duration.ofSeconds(5));
                    trail.add("cleaned up");
                }
            });
            yieldNow();
        });
        loop.close();
        assertThat(trail.entries()).containsExactly("cleaned up");
        assertThat(loop.elapsed()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
    }

    @Test
    void aTrailShowsItsEntriesInTheirOrder() {
        Trail trail = new Trail();
        trail.add("b");
        trail.add(null);
        assertThat(trail).hasToString("[b, null]");
    }
}
