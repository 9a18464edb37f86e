/**
 * Floor 1: the servers that run in a JVM, one class for each library; {@link dev.skein.perf.server.JvmServer} starts them. They
 * know no other room.
 */
@NullMarked
package dev.skein.perf.server;

import org.jspecify.annotations.NullMarked;
