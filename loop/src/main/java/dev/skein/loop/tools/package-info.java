/**
 * Inspection of the loops of a JVM: snapshots as plain data, their text as a table or a tree, and the command {@code skein},
 * which shows them for a running JVM. The records and both texts know nothing of a loop.
 */
@NullMarked
package dev.skein.loop.tools;

import org.jspecify.annotations.NullMarked;
