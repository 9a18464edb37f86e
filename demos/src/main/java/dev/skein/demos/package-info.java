/** Programs to run and to read: each shows one use of the library. */
@NullMarked
package dev.skein.demos;

import org.jspecify.annotations.NullMarked;
