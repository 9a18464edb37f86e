package dev.skein.net.torture;

import dev.skein.loop.Handle;
import dev.skein.loop.Loop;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Handles of callbacks that were given to loops from elsewhere: anybody asks them, anybody cancels them. */
final class SharedHandles implements Shared {
    private final List<Loop> loops;
    private final AtomicReferenceArray<@Nullable Handle> handles = new AtomicReferenceArray<>(8);

    SharedHandles(List<Loop> loops) {
        this.loops = loops;
    }

    @Override
    public void use(Random random) {
        int place = random.nextInt(handles.length());
        Handle handle = handles.get(place);
        if (handle == null || handle.isCancelled() || random.nextInt(4) == 0) {
            handles.set(place, anyOther(random));
        } else if (random.nextInt(4) == 0) {
            handle.cancel();
        }
    }

    private @Nullable Handle anyOther(Random random) {
        Loop loop = loops.get(random.nextInt(loops.size()));
        try {
            return loop.callSoonThreadsafe(Thread::onSpinWait);
        } catch (IllegalStateException closed) {
            if (!loop.isClosed()) {
                throw closed;
            }
            return null;
        }
    }
}
