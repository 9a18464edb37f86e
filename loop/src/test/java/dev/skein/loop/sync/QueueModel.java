package dev.skein.loop.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Each item that was put is got once, in the queue's order; nobody waits who need not. */
final class QueueModel extends Model {
    private enum Kind {
        FIFO,
        LIFO,
        PRIORITY
    }

    private final Kind kind;
    private final int capacity;
    private final Queue<Integer> queue;
    private final List<Integer> items = new ArrayList<>();
    private final FairQueueModel getting = new FairQueueModel();
    private final FairQueueModel putting = new FairQueueModel();
    private final FairQueueModel joining = new FairQueueModel();
    private int puts;
    private int unfinished;
    private int taken;
    private boolean isShutDown;

    QueueModel(Program program) {
        super(program);
        kind = Kind.values()[program.random(3)];
        capacity = program.random(3);
        queue = switch (kind) {
            case FIFO -> new Queue<>(capacity);
            case LIFO -> new LifoQueue<>(capacity);
            case PRIORITY -> new PriorityQueue<>(capacity);
        };
    }

    @Override
    void act(Worker me) {
        try {
            switch (program.random(8)) {
                case 0 -> join(me);
                case 1 -> poke();
                case 2, 3, 4 -> put(me);
                default -> get(me);
            }
        } catch (QueueShutDownException e) {
            check(isShutDown, "it throws because it was shut down");
        }
        program.disturb(me);
    }

    private void join(Worker me) {
        joining.enter(me);
        try {
            queue.join();
        } finally {
            joining.leave(me);
        }
    }

    private void put(Worker me) {
        int item = newItem();
        putting.enter(me);
        try {
            queue.put(item);
        } finally {
            putting.leave(me);
        }
        added(item);
    }

    /** Each is another, in no order. */
    private int newItem() {
        return 1000 * program.random(1000) + puts++;
    }

    private void added(int item) {
        check(!isShutDown && !isFull(), "there was room");
        items.add(item);
        unfinished++;
    }

    private boolean isFull() {
        return capacity > 0 && items.size() == capacity;
    }

    private void get(Worker me) {
        getting.enter(me);
        int item;
        try {
            item = queue.get();
        } finally {
            getting.leave(me);
        }
        removed(item);
    }

    private void removed(int item) {
        check(!items.isEmpty(), "there was an item");
        Integer expected = switch (kind) {
            case FIFO -> items.getFirst();
            case LIFO -> items.getLast();
            case PRIORITY -> Collections.min(items);
        };
        check(item == expected, item + " is the next item: " + expected);
        items.remove(expected);
        taken++;
        if (program.chance(2)) {
            done();
        }
    }

    private void done() {
        taken--;
        unfinished--;
        queue.taskDone();
    }

    @Override
    void poke() {
        switch (program.random(16)) {
            case 0 -> shutDown();
            case 1, 2, 3, 4 -> putNowait();
            case 5, 6, 7, 8 -> getNowait();
            default -> doneWithAll();
        }
    }

    private void doneWithAll() {
        while (taken > 0) {
            done();
        }
    }

    private void shutDown() {
        isShutDown = true;
        if (program.chance(2)) {
            queue.shutdown();
        } else {
            unfinished -= items.size();
            items.clear();
            queue.shutdownNow();
        }
    }

    private void putNowait() {
        int item = newItem();
        try {
            queue.putNowait(item);
            added(item);
        } catch (QueueFullException e) {
            check(isFull(), "it throws because it is full");
        } catch (QueueShutDownException e) {
            check(isShutDown, "it throws because it was shut down");
        }
    }

    private void getNowait() {
        try {
            removed(queue.getNowait());
        } catch (QueueEmptyException e) {
            check(items.isEmpty() && !isShutDown, "it throws because it is empty");
        } catch (QueueShutDownException e) {
            check(items.isEmpty() && isShutDown, "it throws because it was shut down");
        }
    }

    @Override
    void checkSettled() {
        check(queue.size() == items.size(), "all items are there: " + items);
        check(getting.isEmpty() || (items.isEmpty() && !isShutDown), "nobody waits while there is an item");
        check(putting.isEmpty() || (isFull() && !isShutDown), "nobody waits while there is room");
        check(joining.isEmpty() || unfinished > 0, "nobody waits when all is done");
    }

    @Override
    String describe() {
        return queue.toString();
    }
}
