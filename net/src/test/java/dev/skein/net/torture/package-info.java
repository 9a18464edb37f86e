/** The torture of locks: whatever a program's threads and its loops share, at random, until the time is over. */
@NullMarked
package dev.skein.net.torture;

import org.jspecify.annotations.NullMarked;
