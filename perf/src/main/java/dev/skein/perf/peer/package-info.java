/**
 * Floor 3: who is measured and where: servers and runtimes, how each is built and started, and the test bed on which they run.
 */
@NullMarked
package dev.skein.perf.peer;

import org.jspecify.annotations.NullMarked;
