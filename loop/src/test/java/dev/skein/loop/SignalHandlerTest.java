package dev.skein.loop;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@code addSignalHandler}, with a signal that nobody else here uses. */
class SignalHandlerTest {
    private static final String SIGNAL = "WINCH";

    private final Trail trail = new Trail();

    private static void raise() {
        JvmSignal.of(SIGNAL).raise();
    }

    @Test
    @PortOf("test_events.add_signal_handler")
    @PortOf("test_unix_events.add_signal_handler")
    @PortOf("test_unix_events.remove_signal_handler")
    void theCallbackRunsOnTheLoopUntilItIsRemoved() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Loop me = Loop.current();
                for (int i = 0; i < 2; i++) {
                    Future<String> caught = me.createFuture();
                    me.addSignalHandler(SIGNAL, () -> caught.setResult("caught"));
                    raise();
                    assertThat(caught.await()).isEqualTo("caught");
                }
                assertThat(me.removeSignalHandler(SIGNAL)).isTrue();
                assertThat(me.removeSignalHandler(SIGNAL)).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_events.signal_handling_while_selecting")
    void aSignalWakesALoopThatWaitsForIo() throws InterruptedException {
        CountDownLatch waits = new CountDownLatch(1);
        try (Loop loop = newEventLoop()) {
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    Await.latch(waits);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                raise();
            });
            loop.callSoonThreadsafe(() -> {
                loop.addSignalHandler(SIGNAL, () -> {
                    trail.add("caught");
                    loop.stop();
                });
                waits.countDown();
            });
            loop.runForever();
            Await.join(other);
        }
        assertThat(trail.entries()).containsExactly("caught");
    }

    @Test
    @PortOf("test_unix_events.handle_signal_no_handler")
    void aSignalWhoseHandlerIsRemovedMeanwhileIsForgotten() {
        run(() -> {
            Loop me = Loop.current();
            me.addSignalHandler(SIGNAL, () -> trail.add("caught"));
            raise();
            me.removeSignalHandler(SIGNAL);
            yieldNow();
        });
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @PortOf("test_events.add_signal_handler")
    @PortOf("test_unix_events.check_signal")
    void anUnknownSignalIsRefused() {
        run(() -> {
            String text = "unknown signal SIGTERM: name it as kill does, without SIG, such as TERM";
            assertThatThrownBy(() -> Loop.current().addSignalHandler("SIGTERM", () -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(text);
            assertThatThrownBy(() -> Loop.current().removeSignalHandler("SIGTERM"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(text);
        });
    }

    @Test
    @PortOf("test_events.add_signal_handler")
    @PortOf("test_unix_events.add_signal_handler_install_error3")
    void aSignalThatTheJvmOrTheSystemKeepsIsRefused() {
        run(() -> {
            for (String kept : new String[] {"KILL", "QUIT"}) {
                assertThatThrownBy(() -> Loop.current().addSignalHandler(kept, () -> trail.add("caught")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                                "signal " + kept + " cannot be caught: the JVM or the operating system reserves it");
                assertThat(Loop.current().removeSignalHandler(kept)).isFalse();
            }
        });
    }

    @Test
    void aSignalCallbackThatThrowsIsReportedAndTheNextIsCaught() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> caught = Loop.current().createFuture();
                Future<String> failed = Loop.current().createFuture();
                Loop.current().addSignalHandler(SIGNAL, () -> {
                    Loop.current().addSignalHandler(SIGNAL, () -> caught.setResult("caught"));
                    failed.setResult("failed");
                    throw new IllegalStateException("spam");
                });
                raise();
                failed.await();
                raise();
                assertThat(caught.await()).isEqualTo("caught");
            });
            assertThat(loop.errors())
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error.exception()).get().hasToString("java.lang.IllegalStateException: spam"));
        }
    }

    /** Handles the signal outside of any loop while {@code test} runs. */
    private void withOuterHandler(Action test) throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        SignalRegistration outer = new SignalRegistration(SIGNAL, () -> {
            trail.add("outer");
            heard.countDown();
        });
        try {
            test.run();
            raise();
            Await.latch(heard);
        } finally {
            outer.remove();
        }
    }

    @Test
    @PortOf("test_unix_events.remove_signal_handler")
    @PortOf("test_events.add_signal_handler")
    void removingAHandlerRestoresTheOneBefore() throws Exception {
        withOuterHandler(() -> run(() -> {
            Future<String> caught = Loop.current().createFuture();
            Loop.current().addSignalHandler(SIGNAL, () -> caught.setResult("caught"));
            raise();
            trail.add(caught.await());
            Loop.current().removeSignalHandler(SIGNAL);
        }));
        assertThat(trail.entries()).containsExactly("caught", "outer");
    }

    @Test
    @PortOf("test_unix_events.remove_signal_handler_2")
    void theHandlersOfOtherSignalsStay() {
        run(() -> {
            Future<String> caught = Loop.current().createFuture();
            Loop.current().addSignalHandler("CONT", () -> trail.add("never"));
            Loop.current().addSignalHandler(SIGNAL, () -> caught.setResult("caught"));
            assertThat(Loop.current().removeSignalHandler("CONT")).isTrue();
            raise();
            trail.add(caught.await());
            assertThat(Loop.current().removeSignalHandler(SIGNAL)).isTrue();
        });
        assertThat(trail.entries()).containsExactly("caught");
    }

    @Test
    @PortOf("test_unix_events.SelectorEventLoopSignalTests.close")
    void aLoopThatClosesGivesItsSignalsBack() throws Exception {
        withOuterHandler(() -> run(() -> {
            Loop.current().addSignalHandler(SIGNAL, () -> trail.add("caught"));
            Loop.current().addSignalHandler("CONT", () -> trail.add("caught"));
        }));
        assertThat(trail.entries()).containsExactly("outer");
    }

    @Test
    void loopsThatCloseInAnyOrderGiveTheSignalBack() throws Exception {
        withOuterHandler(() -> {
            Loop first = newEventLoop();
            Loop second = newEventLoop();
            first.runUntilComplete(() -> Loop.current().addSignalHandler(SIGNAL, () -> trail.add("first")));
            second.runUntilComplete(() -> Loop.current().addSignalHandler(SIGNAL, () -> trail.add("second")));
            first.close();
            second.close();
        });
        assertThat(trail.entries()).containsExactly("outer");
    }

    @Test
    void aHandlerThatIsRemovedLeavesTheSignalToTheOneThatReplacedIt() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        SignalRegistration first = new SignalRegistration(SIGNAL, () -> trail.add("first"));
        SignalRegistration second = new SignalRegistration(SIGNAL, () -> {
            trail.add("second");
            heard.countDown();
        });
        try {
            first.remove();
            raise();
            Await.latch(heard);
        } finally {
            second.remove();
        }
        assertThat(trail.entries()).containsExactly("second");
    }

    @Test
    void aSignalThatComesAfterItsHandlerIsRemovedIsForTheNextOne() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        SignalRegistration first = new SignalRegistration(SIGNAL, () -> trail.add("first"));
        first.remove();
        SignalRegistration next = new SignalRegistration(SIGNAL, heard::countDown);
        try {
            first.received();
            Await.latch(heard);
        } finally {
            next.remove();
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aRegistrationKnowsWhetherItReplacesTheJvmsOwnHandler() {
        // One that is not raised here: a signal comes on a thread of its own, some time later.
        SignalRegistration first = new SignalRegistration("CONT", () -> {});
        SignalRegistration second = new SignalRegistration("CONT", () -> {});
        second.remove();
        first.remove();

        assertThat(first.replacesJvmOwn()).isTrue();
        assertThat(second.replacesJvmOwn()).isFalse();
    }

    @Test
    void virtualTimeAwaitsNoSignalWhoseHandlerIsRemoved() {
        try (TestLoop loop = new TestLoop()) {
            assertThatThrownBy(() -> loop.run(() -> {
                        loop.loop().addSignalHandler(SIGNAL, () -> {});
                        loop.loop().removeSignalHandler(SIGNAL);
                        return loop.createFuture().await();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("deadlock: ");
        }
    }
}
