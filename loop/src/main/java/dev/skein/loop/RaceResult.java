package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of {@link Asyncio#staggeredRace}.
 *
 * {@snippet :
 * RaceResult<String> race = staggeredRace(List.of(() -> fetch("mirror-1"), () -> fetch("mirror-2")), Duration.ofMillis(250));
 * race.winner().ifPresentOrElse(
 *         index -> IO.println("mirror " + (index + 1) + ": " + race.result()),
 *         () -> IO.println("all failed: " + race.exceptions()));
 * }
 *
 * @param result the result of the winner; null if there is no winner
 * @param winner the index of the winner among the runners; empty if there is no winner
 * @param exceptions the exception of each runner that started, in their order: a {@link CancelledError} for one that was
 *     beaten, null for the winner
 * @param <T> the type of the result
 */
public record RaceResult<T extends @Nullable Object>(
        @Nullable T result, OptionalInt winner, List<@Nullable Throwable> exceptions) {
    /** Copies the list. */
    public RaceResult {
        Objects.requireNonNull(winner, "winner");
        Objects.requireNonNull(exceptions, "exceptions");
        exceptions = Collections.unmodifiableList(new ArrayList<>(exceptions));
    }
}
