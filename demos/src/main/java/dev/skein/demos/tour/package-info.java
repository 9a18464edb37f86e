/**
 * The tour of the concepts: small programs, one for each, to run and to read. {@link dev.skein.demos.tour.Stop} lists
 * them in the order in which they are best read.
 */
@NullMarked
package dev.skein.demos.tour;

import org.jspecify.annotations.NullMarked;
