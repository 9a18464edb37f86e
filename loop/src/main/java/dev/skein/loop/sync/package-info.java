/** Synchronization between the coroutines of one loop: locks, events, conditions, semaphores, barriers and queues. */
@NullMarked
package dev.skein.loop.sync;

import org.jspecify.annotations.NullMarked;
