/** The event loop, its futures and tasks, and time. */
@NullMarked
package dev.skein.loop;

import org.jspecify.annotations.NullMarked;
