package dev.skein.loop.sync;

/**
 * What {@code hold()} gives, for try-with-resources: {@link #close} releases what was acquired. It is the same object each
 * time, so holding costs nothing; asyncio's {@code async with}.
 *
 * <pre>{@code
 * try (Hold _ = lock.hold()) {
 *     ...
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Hold extends AutoCloseable {
    /** Releases, once for each {@code hold()}. */
    @Override
    void close();
}
