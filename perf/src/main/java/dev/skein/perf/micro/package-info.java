/** What coroutines cost beside input and output: the same small programs for each runtime that is a JVM's. */
@NullMarked
package dev.skein.perf.micro;

import org.jspecify.annotations.NullMarked;
