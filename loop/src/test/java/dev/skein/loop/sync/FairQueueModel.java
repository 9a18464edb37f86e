package dev.skein.loop.sync;

import java.util.ArrayList;
import java.util.List;

/** The model of fairness: workers in the order in which they came. */
final class FairQueueModel {
    private final List<Worker> workers = new ArrayList<>();

    void enter(Worker worker) {
        workers.add(worker);
    }

    void leave(Worker worker) {
        workers.remove(worker);
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    int size() {
        return workers.size();
    }

    /** Whether it may go before all who came earlier, since they were cancelled. */
    boolean isFirst(Worker worker) {
        for (Worker earlier : workers) {
            if (earlier == worker) {
                return true;
            }
            if (!earlier.isCancelled) {
                return false;
            }
        }
        return false;
    }
}
