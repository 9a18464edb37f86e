package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In debug mode, a failure shows by which awaits it has come. */
class AwaitedAtTest {
    private static String load() {
        sleep(Duration.ofMillis(1));
        throw new IllegalStateException("broken");
    }

    private static String relay() {
        return createTask(AwaitedAtTest::load, "loader").await();
    }

    private static List<String> notesOf(Throwable failure) {
        return Arrays.stream(failure.getSuppressed()).map(Throwable::toString).toList();
    }

    @Test
    void eachAwaitThatItCrossesIsNotedWithItsStackTheInnermostFirst() {
        Throwable failure = catchThrowable(() ->
                run(() -> createTask(AwaitedAtTest::relay, "relay").await(), options -> options.withDebug()));
        assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("broken");
        assertThat(notesOf(failure)).hasSize(2).first().isEqualTo("dev.skein.loop.AwaitedAt: by Task 'relay'");
        assertThat(notesOf(failure).getLast()).startsWith("dev.skein.loop.AwaitedAt: by Task 'Task-");
        assertThat(failure.getSuppressed()[0].getStackTrace()[0].getMethodName())
                .isEqualTo("relay");
        assertThat(failure.getSuppressed()[1].getStackTrace()[0].getMethodName())
                .startsWith("lambda$eachAwait");
    }

    @Test
    void otherwiseNothingIsNoted() {
        Throwable failure = catchThrowable(
                () -> run(() -> createTask(AwaitedAtTest::relay, "relay").await()));
        assertThat(failure).isInstanceOf(IllegalStateException.class).hasNoSuppressedExceptions();
    }

    @Test
    void theSamePlaceIsNotedOnce() {
        run(
                () -> {
                    Task<String> task = createTask(AwaitedAtTest::load);
                    for (int i = 0; i < 3; i++) {
                        assertThat(notesOf(catchThrowable(task::await))).hasSize(1);
                    }
                },
                options -> options.withDebug());
    }

    @Test
    void ofVeryManyAwaitsSixteenAreNoted() {
        Throwable failure = catchThrowable(() -> run(() -> awaitDeep(100), options -> options.withDebug()));
        assertThat(failure).hasMessage("broken");
        assertThat(notesOf(failure)).hasSize(16);
    }

    /** Each level has a stack of its own, and that of each differs by its depth. */
    private static String awaitDeep(int levels) {
        return levels == 0 ? load() : awaitAtDepth(levels, levels % 20);
    }

    private static String awaitAtDepth(int levels, int frames) {
        return frames == 0 ? createTask(() -> awaitDeep(levels - 1)).await() : awaitAtDepth(levels, frames - 1);
    }

    @Test
    void aFailureThatIsWrappedHasItsNoteInside() {
        run(
                () -> {
                    Task<String> task = createTask(() -> {
                        throw new java.io.IOException("disk");
                    });
                    assertThatThrownBy(() -> gather(task).await())
                            .isInstanceOf(java.io.UncheckedIOException.class)
                            .cause()
                            .satisfies(cause -> assertThat(notesOf(cause)).hasSize(1));
                },
                options -> options.withDebug());
    }

    @Test
    void aCancellationIsNoFailure() {
        run(
                () -> {
                    Task<?> task = createTask(() -> sleep(Duration.ofHours(1)));
                    task.cancel();
                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasNoSuppressedExceptions();
                },
                options -> options.withDebug());
    }

    @Test
    void anExceptionThatTakesNoSuppressedOnesIsThrownAsItIs() {
        run(
                () -> {
                    Task<String> task = createTask(() -> {
                        throw new Bare();
                    });
                    assertThatThrownBy(task::await).isInstanceOf(Bare.class).hasNoSuppressedExceptions();
                },
                options -> options.withDebug());
    }

    private static final class Bare extends RuntimeException {
        private static final long serialVersionUID = 1;

        Bare() {
            super("bare", null, false, false);
        }
    }
}
