package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that do not end when their loop closes: it waits for a grace time, reports them, and ends without them. */
class GraceTest {
    private static final Duration GRACE = Duration.ofMillis(100);

    private final Trail reports = new Trail();

    /** Runs {@code main} and closes the loop. */
    private void runAndClose(Time time, Action main) {
        try (Loop loop = newEventLoop(o -> time.options().apply(o).withCloseTimeout(GRACE))) {
            loop.runUntilComplete(() -> {
                Loop.current().setExceptionHandler((of, context) -> reports.add(context.message()));
                main.run();
            });
        }
    }

    private void assertReported(String name) {
        assertThat(reports.entries()).singleElement().asString().contains("name=" + name);
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatRefusesForEverIsReportedByName(Time time) {
        runAndClose(time, () -> {
            createTask(this::refuseForEver, "stubborn");
            yieldNow();
        });

        assertReported("stubborn");
    }

    private void refuseForEver() {
        while (true) {
            try {
                sleep(Duration.ofMillis(1));
            } catch (CancelledError refused) {
                // Goes on.
            }
        }
    }

    @Test
    void aTaskThatSuspendsNoMoreWithoutEndingIsReportedByName() {
        runAndClose(Time.REAL, () -> {
            createTask(this::takesTurnsForEver, "busy");
            yieldNow();
        });

        assertReported("busy");
    }

    private void takesTurnsForEver() {
        while (true) {
            try {
                yieldNow();
            } catch (CancelledError refused) {
                // Goes on.
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void sleepAfterTheLoopClosedSaysSoInALateCoroutine(Time time) throws Exception {
        assertThat(whatItSaysAfterwards(time, future -> sleep(Duration.ofMillis(1))))
                .isEqualTo("IllegalStateException: loop is closed");
    }

    @ParameterizedTest
    @EnumSource
    void awaitAfterTheLoopClosedSaysSoInALateCoroutine(Time time) throws Exception {
        assertThat(whatItSaysAfterwards(time, Future::await))
                .startsWith("IllegalStateException: cannot suspend a coroutine of a closed loop: Task[name=stuck");
    }

    @Test
    void yieldAfterTheLoopClosedSaysSoInALateCoroutine() throws Exception {
        assertThat(whatItSaysAfterwards(Time.REAL, future -> yieldNow()))
                .startsWith("IllegalStateException: cannot suspend a coroutine of a closed loop");
    }

    @Test
    void aCoroutineThatIsStuckInALockCanBlockAgainAfterwards() throws Exception {
        String said = whatItSaysAfterwards(Time.REAL, future -> {
            for (int i = 0; i < 10; i++) {
                Thread.sleep(1);
            }
            throw new IllegalStateException("slept ten times");
        });
        assertThat(said).isEqualTo("IllegalStateException: slept ten times");
    }

    @Test
    void aCoroutineThatIsStuckInALockCanReadASocketAfterwards() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket peer = listener.accept()) {
            peer.getOutputStream().write(42);
            String said = whatItSaysAfterwards(Time.REAL, future -> {
                throw new IllegalStateException(
                        "read " + socket.getInputStream().read());
            });
            assertThat(said).isEqualTo("IllegalStateException: read 42");
        }
    }

    /** What a coroutine in an uninterruptible lock does when it gets it, after its loop has closed. */
    @SuppressWarnings("LockNotBeforeTry") // held and let go for the waiting alone
    private String whatItSaysAfterwards(Time time, Last last) throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        CompletableFuture<String> said = new CompletableFuture<>();
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        runAndClose(time, () -> {
            Future<String> pending = Loop.current().createFuture();
            createTask(
                    () -> {
                        lock.lock();
                        try {
                            Thread.interrupted();
                            last.step(pending);
                        } catch (IllegalStateException e) {
                            said.complete(e.getClass().getSimpleName() + ": " + e.getMessage());
                        } finally {
                            lock.unlock();
                        }
                    },
                    "stuck");
            yieldNow();
        });
        assertReported("stuck");
        assertThat(said).isNotDone();
        lock.unlock();
        String result = said.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        lock.lock();
        lock.unlock();
        return result;
    }

    private interface Last {
        void step(Future<String> pending) throws Exception;
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // the JDK's yield is what is tested
    void aCoroutineInALoopOfThreadYieldsGoesOnAfterTheLoopHasClosed() throws Exception {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        CompletableFuture<String> go = new CompletableFuture<>();
        CompletableFuture<String> said = new CompletableFuture<>();
        runAndClose(Time.REAL, () -> {
            createTask(
                    () -> {
                        while (!go.isDone()) {
                            Thread.yield();
                        }
                        said.complete("went on");
                    },
                    "spinner");
            yieldNow();
        });
        assertReported("spinner");
        go.complete("");

        assertThat(said.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("went on");
    }
}
