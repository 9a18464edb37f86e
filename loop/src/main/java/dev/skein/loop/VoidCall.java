package dev.skein.loop;

/**
 * A {@link Call} without a result.
 *
 * {@snippet :
 * timeout(Duration.ofSeconds(3), () -> process("a", "b"));
 * }
 *
 * @param <X> the checked exception of the body
 */
@FunctionalInterface
public interface VoidCall<X extends Exception> {
    /** Runs the body. */
    void call() throws X;
}
