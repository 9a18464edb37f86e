package dev.skein.loop;

/**
 * A {@link Call} without a result.
 *
 * @param <X> the checked exception that it throws
 */
@FunctionalInterface
public interface VoidCall<X extends Exception> {
    /** Runs the body. */
    void call() throws X;
}
