package dev.skein.loop.sync;

import org.jspecify.annotations.Nullable;

/** One holder at a time, and whoever came first is next. */
final class LockModel extends Model {
    private final Lock lock = new Lock();
    private final FairQueueModel line = new FairQueueModel();
    private @Nullable Worker holder;

    LockModel(Program program) {
        super(program);
    }

    @Override
    void act(Worker me) {
        line.enter(me);
        try {
            lock.acquire();
            check(line.isFirst(me), "the first in line gets the lock");
        } finally {
            line.leave(me);
        }
        check(holder == null, "one holder");
        holder = me;
        try {
            program.pause();
        } finally {
            holder = null;
            lock.release();
            program.disturb(me);
        }
    }

    @Override
    void checkSettled() {
        check(lock.isLocked() == (holder != null), "locked while it is held");
        check(holder != null || line.isEmpty(), "nobody waits for a free lock");
    }

    @Override
    String describe() {
        return lock.toString();
    }
}
