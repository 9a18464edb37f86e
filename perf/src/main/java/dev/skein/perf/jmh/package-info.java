/**
 * Floor 2: the benchmarks that JMH runs: what the loop's basic operations cost.
 */
@NullMarked
package dev.skein.perf.jmh;

import org.jspecify.annotations.NullMarked;
