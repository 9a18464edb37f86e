package dev.skein.loop.sync;

import java.util.HashSet;
import java.util.Set;

/** As many go on as there are parties, each with an index of its own; a reset or an abort leaves nobody behind. */
final class BarrierModel extends Model {
    private final Barrier barrier;
    private final FairQueueModel inside = new FairQueueModel();
    private final Set<Integer> indexes = new HashSet<>();
    private int breaks;

    BarrierModel(Program program) {
        super(program);
        barrier = new Barrier(1 + program.random(3));
    }

    @Override
    void act(Worker me) {
        if (program.chance(8)) {
            breakIt();
            program.disturb(me);
        } else {
            pass(me);
        }
    }

    private void breakIt() {
        if (program.chance(3)) {
            barrier.abort();
        } else {
            barrier.reset();
        }
        breaks++;
    }

    private void pass(Worker me) {
        int before = barrier.isBroken() ? -1 : breaks;
        inside.enter(me);
        try {
            int index = barrier.await();
            check(index >= 0 && index < barrier.parties(), "an index of the parties");
            check(indexes.add(index), "another index for each");
        } catch (BrokenBarrierException e) {
            check(breaks > before, "it throws because it was broken");
        } finally {
            inside.leave(me);
            forgetIndexesOfTheLastRound();
        }
        program.disturb(me);
    }

    private void forgetIndexesOfTheLastRound() {
        if (!describe().startsWith("Barrier[draining")) {
            indexes.clear();
        }
    }

    @Override
    void checkSettled() {
        if (barrier.isBroken()) {
            check(inside.isEmpty(), "nobody waits at a broken barrier");
        } else {
            check(describe().startsWith("Barrier[filling"), "it fills again");
            check(barrier.waiting() == inside.size(), "it counts those who wait: " + inside.size());
            check(barrier.waiting() < barrier.parties(), "the last party lets all pass");
        }
    }

    @Override
    String describe() {
        return barrier.toString();
    }
}
