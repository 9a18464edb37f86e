/** What tests of coroutines need: a loop in virtual time, and an ordered log. No test framework is needed for it. */
@NullMarked
package dev.skein.loop.testing;

import org.jspecify.annotations.NullMarked;
