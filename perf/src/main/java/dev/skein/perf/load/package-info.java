/**
 * Floor 2: the load generator: what it sends, one round of it, and what that round gave.
 */
@NullMarked
package dev.skein.perf.load;

import org.jspecify.annotations.NullMarked;
