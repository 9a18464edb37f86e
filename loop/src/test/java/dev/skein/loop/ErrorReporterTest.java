package dev.skein.loop;

import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import dev.skein.loop.testing.TestLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** Whom an error is told, and what becomes of it if that one throws. */
class ErrorReporterTest {
    private final TestLoop loop = new TestLoop();
    private final ErrorReporter errors = new ErrorReporter(loop.loop());
    private final ExceptionHandler handler = mock(ExceptionHandler.class);
    private final ErrorContext error =
            ErrorContext.of("a callback failed").withException(new IllegalArgumentException("the first"));

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private String logOf(ErrorContext... reported) {
        errors.setHandler(handler);
        try (Log log = Log.capture()) {
            for (ErrorContext each : reported) {
                assertThatCode(() -> errors.report(each)).doesNotThrowAnyException();
            }
            return log.text();
        }
    }

    @Test
    void anErrorThatTheHandlerTakesIsNotLogged() {
        assertThat(logOf(error)).doesNotContain(error.message());

        verify(handler).handle(loop.loop(), error);
        verifyNoMoreInteractions(handler);
    }

    @Test
    void ofAHandlerThatThrowsBothErrorsAreLoggedAndItIsToldOfNeither() {
        doThrow(new IllegalStateException("the second")).when(handler).handle(any(), any());

        assertThat(logOf(error))
                .containsSubsequence(
                        "a callback failed",
                        "IllegalArgumentException: the first",
                        "the exception handler failed",
                        "IllegalStateException: the second")
                .containsOnlyOnce("a callback failed")
                .containsOnlyOnce("the exception handler failed");

        verify(handler).handle(loop.loop(), error);
        verifyNoMoreInteractions(handler);
    }

    @Test
    void anErrorOfTheVirtualMachineInTheHandlerIsNoExceptionToThat() {
        doThrow(new StackOverflowError("too deep")).when(handler).handle(any(), any());

        assertThat(logOf(error)).contains("a callback failed", "StackOverflowError: too deep");
    }

    /** The loop's own thread tells the handler. */
    @Test
    void anErrorOfAnotherThreadIsToldToTheHandlerAlone() {
        try (Log log = Log.capture()) {
            loop.run(() -> loop.loop().setExceptionHandler(handler));
            loop.loop().callExceptionHandler(error);
            loop.loop().runUntilComplete(() -> yieldNow());
            assertThat(log.text()).doesNotContain(error.message());
        }
        verify(handler).handle(loop.loop(), error);
        verifyNoMoreInteractions(handler);
    }

    @Test
    void anErrorOfALoopThatIsClosedIsLogged() {
        loop.run(() -> loop.loop().setExceptionHandler(handler));
        loop.close();
        try (Log log = Log.capture()) {
            loop.loop().callExceptionHandler(error);
            assertThat(log.text()).containsSubsequence("a callback failed", "IllegalArgumentException: the first");
        }
        verifyNoInteractions(handler);
    }

    @Test
    void aHandlerThatThrewIsToldOfTheNextErrorAllTheSame() {
        ErrorContext next = ErrorContext.of("another callback failed");
        doThrow(new IllegalStateException("not now")).doNothing().when(handler).handle(any(), any());

        assertThat(logOf(error, next)).contains("a callback failed").doesNotContain(next.message());

        InOrder order = inOrder(handler);
        order.verify(handler).handle(loop.loop(), error);
        order.verify(handler).handle(loop.loop(), next);
        verifyNoMoreInteractions(handler);
    }
}
