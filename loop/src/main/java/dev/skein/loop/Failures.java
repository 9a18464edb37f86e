package dev.skein.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;

/** How a failure crosses an await: one rule, in one place. */
final class Failures {
    private Failures() {}

    /** What {@code await} throws for {@code failure}: itself if that is unchecked, else an unchecked one around it. */
    static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException runtime) {
            return runtime;
        }
        if (failure instanceof IOException io) {
            // Their own texts would ask the cause for its own, which may throw.
            return new UncheckedIOException(Repr.of(io), io);
        }
        return new CompletionException(Repr.of(failure), failure);
    }

    /** Throws {@code failure} itself, for who knows from a type that it can be no other checked exception than an X. */
    @SuppressWarnings("unchecked") // the cast is to what X is erased to
    static <X extends Throwable> RuntimeException asItIs(Throwable failure) throws X {
        throw (X) failure;
    }
}
