package dev.skein.loop.sync;

import org.jspecify.annotations.Nullable;

/** Tokens that producers make and consumers wait for: whoever is in has the lock, and no signal is lost. */
final class ConditionModel extends Model {
    private final Condition condition = new Condition();
    private final FairQueueModel queuing = new FairQueueModel();
    private final FairQueueModel waiting = new FairQueueModel();
    private @Nullable Worker holder;
    private int tokens;

    ConditionModel(Program program) {
        super(program);
    }

    @Override
    void act(Worker me) {
        queuing.enter(me);
        try {
            condition.acquire();
        } finally {
            queuing.leave(me);
        }
        enter(me);
        try {
            if (program.chance(2)) {
                consume(me);
            } else {
                produce();
            }
            program.disturb(me);
            program.pause();
        } finally {
            holder = null;
            condition.release();
            program.disturb(me);
        }
    }

    private void enter(Worker me) {
        check(holder == null && condition.isLocked(), "whoever is in has the lock alone");
        holder = me;
    }

    private void consume(Worker me) {
        while (tokens == 0) {
            holder = null;
            waiting.enter(me);
            try {
                condition.await();
            } finally {
                waiting.leave(me);
                enter(me);
            }
        }
        tokens--;
    }

    private void produce() {
        int made = 1 + program.random(2);
        tokens += made;
        if (program.chance(3)) {
            condition.signalAll();
        } else {
            condition.signal(made);
        }
    }

    @Override
    void checkSettled() {
        check(condition.isLocked() == (holder != null), "locked while it is held");
        if (holder == null) {
            check(queuing.isEmpty(), "nobody waits for a free lock");
            check(tokens == 0 || waiting.isEmpty(), "nobody waits while there is a token");
        }
    }

    @Override
    String describe() {
        return condition + " tokens=" + tokens;
    }
}
