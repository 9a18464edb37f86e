/**
 * Streams of others ({@link java.util.concurrent.Flow}) as iterables of coroutines, and coroutines as such streams. Made of
 * public names of {@code dev.skein.loop} alone.
 */
@NullMarked
package dev.skein.loop.flow;

import org.jspecify.annotations.NullMarked;
