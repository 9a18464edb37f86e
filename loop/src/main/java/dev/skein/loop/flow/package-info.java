/**
 * Reactive streams ({@link java.util.concurrent.Flow}) as iterables for coroutines, and coroutines as reactive streams. Uses only
 * public names of {@code dev.skein.loop}.
 */
@NullMarked
package dev.skein.loop.flow;

import org.jspecify.annotations.NullMarked;
