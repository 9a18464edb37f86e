/** The servers that run in a JVM, one class for each library; {@link dev.skein.perf.server.JvmServer} starts them. */
@NullMarked
package dev.skein.perf.server;

import org.jspecify.annotations.NullMarked;
