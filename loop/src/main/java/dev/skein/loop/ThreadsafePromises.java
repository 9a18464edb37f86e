package dev.skein.loop;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The JDK futures that a loop has promised to other threads: each of them ends, at the latest when the loop closes. Any
 * thread.
 *
 * <p>A thread that makes one adds it first and asks then whether the loop is closed; the loop says that it is closed first and
 * breaks what it finds then. So none is missed.
 */
final class ThreadsafePromises {
    /** Each with its number, for they are broken in the order in which they were made. */
    private final Map<CompletableFuture<?>, Long> open = new ConcurrentHashMap<>();

    private final AtomicLong made = new AtomicLong();

    @SuppressWarnings("CollectionUndefinedEquality") // identity is meant
    <T extends @Nullable Object> CompletableFuture<T> promise() {
        CompletableFuture<T> promise = new CompletableFuture<>();
        open.put(promise, made.incrementAndGet());
        promise.whenComplete((value, failure) -> open.remove(promise));
        return promise;
    }

    /** What has not ended will not, but fail with what {@code why} gives, each with its own. */
    void breakAll(Supplier<? extends Throwable> why) {
        open.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(promise -> promise.getKey().completeExceptionally(why.get()));
    }
}
