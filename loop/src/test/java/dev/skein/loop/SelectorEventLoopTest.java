package dev.skein.loop;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.withSettings;

import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mockito.MockedStatic;
import org.mockito.stubbing.Answer;

/** A loop whose I/O handler fails, as no kernel does on demand. */
class SelectorEventLoopTest {
    private final Trail trail = new Trail();

    /** A loop on Netty's NIO handler, which fails where {@code faults} say. */
    private static Loop loopWith(Faults faults) {
        IoHandlerFactory real = CarrierNioHandler.factory();
        IoHandlerFactory faulty = executor -> {
            Answer<Object> works = delegatesTo(real.newHandler(executor));
            IoHandler handler = mock(IoHandler.class, withSettings().stubOnly().defaultAnswer(works));
            faults.plant(handler, works);
            return handler;
        };
        try (MockedStatic<CarrierNioHandler> nio = mockStatic(CarrierNioHandler.class)) {
            nio.when(CarrierNioHandler::factory).thenReturn(faulty);
            return newEventLoop(options -> options.withTransport(Transport.NIO));
        }
    }

    /** Where a handler is to fail; what else it is asked, the one that works answers. */
    @FunctionalInterface
    private interface Faults {
        void plant(IoHandler handler, Answer<Object> works);
    }

    private static Loop loopThatCannotBegin() {
        return loopWith((handler, works) ->
                doThrow(new IllegalStateException("no selector")).when(handler).initialize());
    }

    @Test
    void aPassThatFailsIsReportedOnceAndTheLoopGoesOn() {
        try (Log log = Log.capture();
                Loop loop = loopWith((handler, works) -> doThrow(new IllegalStateException("a broken selector"))
                        .doAnswer(works)
                        .when(handler)
                        .run(any()))) {
            loop.runUntilComplete(() -> {
                sleep(Duration.ofMillis(1));
                trail.add("goes on");
            });
            assertThat(log.text())
                    .containsOnlyOnce("unexpected exception in the event loop; continuing")
                    .containsOnlyOnce("IllegalStateException: a broken selector");
        }
        assertThat(trail.entries()).containsExactly("goes on");
    }

    @Test
    void runThrowsIfTheLoopCannotBeginAndTheLogSaysWhy() {
        try (Log log = Log.capture()) {
            try (Loop loop = loopThatCannotBegin()) {
                for (String why : List.of("the loop was shut down before its main was done", "loop is closed")) {
                    assertThatThrownBy(() -> loop.runUntilComplete(() -> trail.add("never")))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage(why);
                    assertThat(loop.isClosed()).isTrue();
                }
            }
            assertThat(log.text()).contains("IllegalStateException: no selector");
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void aFutureOfALoopThatCannotBeginFailsOnOtherThreads() {
        try (Loop loop = loopThatCannotBegin()) {
            CompletableFuture<?> result = runCoroutineThreadsafe(() -> trail.add("never"), loop);
            assertThatThrownBy(() -> result.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("loop is closed");
        }
        assertThat(trail.entries()).isEmpty();
    }
}
