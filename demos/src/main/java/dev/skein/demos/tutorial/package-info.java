/** The programs of docs/tutorial.md, in the order of its steps. */
@NullMarked
package dev.skein.demos.tutorial;

import org.jspecify.annotations.NullMarked;
