package dev.skein.loop.sync;

/**
 * The result of {@code hold()}, for a try-with-resources statement: asyncio's {@code async with}. {@link #close} releases
 * what was acquired. It is the same object each time, so holding allocates nothing.
 *
 * {@snippet :
 * Lock lock = new Lock();
 * try (Hold _ = lock.hold()) {
 *     process(fetch("index"));
 * }
 * }
 */
@FunctionalInterface
public interface Hold extends AutoCloseable {
    /** Releases what {@code hold()} acquired. Call it once for each {@code hold()}. */
    @Override
    void close();
}
