/** The programs of docs/recipes.md. */
@NullMarked
package dev.skein.demos.recipes;

import org.jspecify.annotations.NullMarked;
