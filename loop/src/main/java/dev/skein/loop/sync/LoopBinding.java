package dev.skein.loop.sync;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import org.jspecify.annotations.Nullable;

/**
 * The loop that an object of this package belongs to: the first one that waits on it. Until then the object belongs to no
 * loop, so it can be created anywhere, for instance as a constant.
 */
final class LoopBinding {
    /** Set once, by the loop that waits first. */
    private @Nullable Loop loop;

    /** For a call that never waits: coroutines and callbacks of the loop may make it. */
    void checkThread() {
        Loop home = loop;
        if (home != null) {
            home.checkThread();
        }
    }

    /** For a call of {@code owner} that may wait: coroutines of the loop may make it. */
    void checkLoop(Object owner) {
        if (loop != null) {
            requireHome(owner, Loop.current());
        }
    }

    private void requireHome(Object owner, Loop mine) {
        Loop home = loop;
        if (home != null && home != mine) {
            throw new IllegalStateException(owner + " is bound to another loop than the caller's: " + home
                    + " waited on it first; make one for each loop");
        }
    }

    /**
     * Creates the future that the caller is about to await, after {@link #checkLoop}: {@code owner} now belongs to its loop.
     */
    Future<@Nullable Void> createFuture(Object owner, String call) {
        Loop home = loop;
        if (home == null) {
            home = Loop.current();
            bind(home);
            requireHome(owner, home);
        }
        return home.createFuture(call);
    }

    /** Two loops can meet here; one of them is the first. */
    private synchronized void bind(Loop mine) {
        if (loop == null) {
            loop = mine;
        }
    }
}
