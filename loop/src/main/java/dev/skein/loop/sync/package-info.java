/** What coroutines of one loop wait for each other with: locks, events, conditions, semaphores, barriers and queues. */
@NullMarked
package dev.skein.loop.sync;

import org.jspecify.annotations.NullMarked;
