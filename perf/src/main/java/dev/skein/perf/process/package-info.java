/**
 * Floor 1: child processes, the JVM among them: how they are started and pinned, the words that they are told and say, what they
 * cost.
 */
@NullMarked
package dev.skein.perf.process;

import org.jspecify.annotations.NullMarked;
