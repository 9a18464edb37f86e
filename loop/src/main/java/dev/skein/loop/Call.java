package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A body that runs here and now, where it is given: a lambda or method reference, with a result and with exceptions of its
 * own. What takes one ({@code await}, {@code timeout}, {@code waitFor}, {@code toThread}) throws what the body throws, and
 * the compiler knows which: {@code X} is the checked exception of the body, or RuntimeException if it has none.
 *
 * @param <T> the type of the result
 * @param <X> the checked exception that it throws
 */
@FunctionalInterface
public interface Call<T extends @Nullable Object, X extends Exception> {
    /** Runs the body. */
    T call() throws X;
}
