package dev.skein.net;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Coroutines that wait until something may be written. Most connections never have any. Loop only. */
final class WaitingWriters {
    private final Loop loop;
    private @Nullable ArrayDeque<Future<@Nullable Void>> waiting;

    WaitingWriters(Loop loop) {
        this.loop = loop;
    }

    /** Suspends the caller until {@link #wake}; {@code what} it is in, for reports. */
    void await(String what) {
        Future<@Nullable Void> wake = loop.createFuture(what);
        if (waiting == null) {
            waiting = new ArrayDeque<>(1);
        }
        waiting.add(wake);
        try {
            wake.await();
        } finally {
            waiting.remove(wake);
        }
    }

    /** Has each look again whether it may write. */
    void wake() {
        if (waiting == null) {
            return;
        }
        for (Future<@Nullable Void> wake : waiting) {
            if (!wake.isDone()) {
                wake.setResult(null);
            }
        }
    }
}
