/**
 * Floor 1: what coroutines cost beside input and output: the same small programs for each runtime that is a JVM's. They know no
 * other room.
 */
@NullMarked
package dev.skein.perf.micro;

import org.jspecify.annotations.NullMarked;
