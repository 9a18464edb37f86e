/** Helpers for tests of coroutines: a loop in virtual time, and an ordered log. They need no test framework. */
@NullMarked
package dev.skein.loop.testing;

import org.jspecify.annotations.NullMarked;
