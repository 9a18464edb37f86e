/** Benchmarks, the load generator and the report. */
@NullMarked
package dev.skein.perf;

import org.jspecify.annotations.NullMarked;
