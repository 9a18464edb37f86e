package dev.skein.net.torture;

import java.util.concurrent.CompletableFuture;

/**
 * Somebody who takes part until the torture is over.
 *
 * @param where the loop whose code it is, or the thread
 * @param ended fails if the part does
 */
record Part(String where, Pulse pulse, CompletableFuture<?> ended) {}
