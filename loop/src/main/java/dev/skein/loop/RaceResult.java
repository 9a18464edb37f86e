package dev.skein.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a race of {@link Asyncio#staggeredRace} ended.
 *
 * @param result what the winner gave; null if nobody won
 * @param winner the winner's place among the runners; empty if nobody won
 * @param exceptions for each runner that has started, in their order, what it threw: a {@link CancelledError} where it was
 *     beaten, null for the winner
 * @param <T> the type of the result
 */
public record RaceResult<T extends @Nullable Object>(
        @Nullable T result, OptionalInt winner, List<@Nullable Throwable> exceptions) {
    /** With a copy of the list. */
    public RaceResult {
        Objects.requireNonNull(winner, "winner");
        Objects.requireNonNull(exceptions, "exceptions");
        exceptions = Collections.unmodifiableList(new ArrayList<>(exceptions));
    }
}
