package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.ExceptionGroup;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The programs of docs/errors.md do what it says. */
class ErrorsTest {
    @Test
    void lossesAreHandledAndTheRestIsThrown() {
        try (TestLoop loop = new TestLoop()) {
            assertThatThrownBy(() -> loop.run(() -> Errors.both(
                            () -> {
                                throw new IOException("gone");
                            },
                            () -> {
                                throw new IllegalStateException("a mistake");
                            })))
                    .isInstanceOfSatisfying(
                            ExceptionGroup.class,
                            group -> assertThat(group.members())
                                    .singleElement()
                                    .isInstanceOf(IllegalStateException.class));
            assertThatCode(() -> loop.run(() -> Errors.both(
                            () -> {
                                throw new IOException("gone");
                            },
                            () -> {})))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aBackgroundTaskThatFailsIsReportedThoughItsSetLetsGoOfIt() {
        try (TestLoop loop = new TestLoop()) {
            Errors errors = new Errors();
            loop.run(() -> {
                errors.start(() -> {
                    throw new IOException("gone");
                });
                yieldNow();
            });
            loop.loop().close();
            assertThat(loop.errors()).singleElement().asString().contains("was never retrieved");
        }
    }
}
