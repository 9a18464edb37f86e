package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A body with a result that runs before the function that takes it returns. The functions that take one ({@code await},
 * {@code timeout}, {@code waitFor}, {@code toThread}) throw what the body throws, and the compiler knows what that is.
 *
 * {@snippet :
 * try {
 *     String text = timeout(Duration.ofSeconds(3), () -> toThread(() -> Files.readString(Path.of("notes.txt"))));
 *     process(text);
 * } catch (NoSuchFileException e) {
 *     process("no notes");
 * }
 * }
 *
 * <p>{@code X} is the checked exception that a lambda throws, or RuntimeException if it throws none. If it throws several, it
 * is the class that they have in common.
 *
 * @param <T> the type of the result
 * @param <X> the checked exception of the body
 */
@FunctionalInterface
public interface Call<T extends @Nullable Object, X extends Exception> {
    /** Runs the body. */
    T call() throws X;
}
