package dev.skein.loop.sync;

/** Never more permits out than were given, none lost, and whoever came first is next. */
final class SemaphoreModel extends Model {
    private final Semaphore semaphore;
    private final FairQueueModel line = new FairQueueModel();
    private final boolean bounded;
    private int permits;

    SemaphoreModel(Program program) {
        super(program);
        permits = program.random(3);
        bounded = permits > 0 && program.chance(3);
        semaphore = bounded ? new BoundedSemaphore(permits) : new Semaphore(permits);
    }

    @Override
    void act(Worker me) {
        line.enter(me);
        try {
            semaphore.acquire();
            check(line.isFirst(me), "the first in line gets a permit");
        } finally {
            line.leave(me);
        }
        permits--;
        check(permits >= 0, "no more permits than there were");
        try {
            program.pause();
        } finally {
            release();
            program.disturb(me);
        }
    }

    private void release() {
        permits++;
        semaphore.release();
    }

    @Override
    void poke() {
        if (!bounded) {
            release();
        }
    }

    @Override
    void checkSettled() {
        check(semaphore.value() == permits, "the permits are all there: " + permits);
        check(permits == 0 || line.isEmpty(), "nobody waits while there is a permit");
    }

    @Override
    String describe() {
        return semaphore.toString();
    }
}
