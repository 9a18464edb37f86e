package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a loop runs next, in order, and what waits for the end of the pass. Each entry is run by itself: what it throws is
 * reported, and the next one has its turn. Loop only.
 */
final class ReadyQueue {
    /**
     * So many actions are not put off to the end of the pass: they are mostly flushes, and while this loop goes on, the peers
     * of those who have been served can already work.
     */
    private static final int MANY = 8;

    private final Errors errors;
    private final LoopWatch watch;
    private final Debug debug;
    private final @Nullable SeededOrder seededOrder;
    private final ArrayDeque<Ready> entries = new ArrayDeque<>();
    private ArrayList<Runnable> passEnd = new ArrayList<>();
    private ArrayList<Runnable> passEndBefore = new ArrayList<>();

    /** Of the round that is running: how many entries, from the head of the queue on, still belong to it. */
    private int left;

    ReadyQueue(Errors errors, LoopWatch watch, Debug debug, OptionalLong seed) {
        this.errors = errors;
        this.watch = watch;
        this.debug = debug;
        this.seededOrder = seed.isPresent() ? new SeededOrder(seed.getAsLong()) : null;
    }

    void add(Ready entry) {
        entries.add(entry);
    }

    /** Puts it at the head of the queue, into the round that is running: it is what runs after the caller's entry. */
    void addNext(Ready entry) {
        entries.addFirst(entry);
        left++;
    }

    /** Takes {@code who} out again, if it is what runs next. */
    void takeBackNext(Ready who) {
        if (entries.peekFirst() == who) {
            entries.removeFirst();
            left--;
        }
    }

    /** Takes the newest entry for {@code who} out again. */
    void takeBack(Ready who) {
        entries.removeLastOccurrence(who);
    }

    void addAtPassEnd(Runnable action) {
        passEnd.add(action);
    }

    int size() {
        return entries.size();
    }

    boolean isEmpty() {
        return entries.isEmpty() && passEnd.isEmpty();
    }

    /** Runs the oldest entries, as many as there are now, and what they add to be next. */
    int runRound() {
        if (seededOrder != null) {
            seededOrder.shuffle(entries);
        }
        int count = entries.size();
        left = count;
        while (left > 0) {
            runNext();
            if (passEnd.size() >= MANY) {
                runPassEnd();
            }
        }
        return count;
    }

    /** Runs {@code entry} inside the callback that is running, together with what that adds to be next. */
    void runNow(Ready entry) {
        int outer = left;
        guardedRun(entry);
        while (left > outer) {
            runNext();
        }
    }

    private void runNext() {
        left--;
        Ready entry = entries.poll();
        if (entry == null) {
            // Taken back meanwhile.
            left = 0;
        } else {
            guardedRun(entry);
        }
    }

    private void guardedRun(Ready entry) {
        watch.step();
        try {
            if (debug.isOn()) {
                debug.run(entry);
            } else {
                entry.takeTurn();
            }
        } catch (Throwable failure) {
            errors.report(ErrorContext.of("exception in callback " + entry)
                    .withException(failure)
                    .withCreation(debug.creationOf(entry.subject())));
        }
    }

    void runPassEnd() {
        if (passEnd.isEmpty()) {
            return;
        }
        // What an action adds is for the next pass.
        ArrayList<Runnable> actions = passEnd;
        passEnd = passEndBefore;
        passEndBefore = actions;
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (Throwable failure) {
                errors.report(ErrorContext.of("exception at the end of a pass").withException(failure));
            }
        }
        actions.clear();
    }

    /** Nothing runs any more. */
    void loopClosed() {
        for (Ready entry = entries.poll(); entry != null; entry = entries.poll()) {
            entry.loopClosed();
        }
    }
}
