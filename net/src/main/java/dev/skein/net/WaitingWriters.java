package dev.skein.net;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Coroutines that wait until something may be written. Loop only. */
final class WaitingWriters {
    private final Loop loop;
    private final ArrayDeque<Future<@Nullable Void>> waiting = new ArrayDeque<>(1);

    WaitingWriters(Loop loop) {
        this.loop = loop;
    }

    /** Suspends the caller until {@link #wake}; {@code what} it is in, for reports. */
    void await(String what) {
        Future<@Nullable Void> wake = loop.createFuture(what);
        waiting.add(wake);
        try {
            wake.await();
        } finally {
            waiting.remove(wake);
        }
    }

    /** Wakes each, to look again whether it may write. */
    void wake() {
        for (Future<@Nullable Void> wake : waiting) {
            if (!wake.isDone()) {
                wake.setResult(null);
            }
        }
    }
}
