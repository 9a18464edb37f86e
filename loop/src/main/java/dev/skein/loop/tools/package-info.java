/**
 * What the loops of a JVM do, as plain data and as text, and the command {@code skein} that shows it of a running JVM. The
 * records and their two drawings, a table and a tree, know nothing of a loop.
 */
@NullMarked
package dev.skein.loop.tools;

import org.jspecify.annotations.NullMarked;
