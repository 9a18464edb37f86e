package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * What a loop runs next, in order, and what waits for the end of the pass. Each entry is run by itself: what it throws is
 * reported, and the next one has its turn. Loop only.
 */
final class ReadyQueue {
    private final Errors errors;
    private final ArrayDeque<Ready> entries = new ArrayDeque<>();
    private ArrayList<Runnable> passEnd = new ArrayList<>();
    private ArrayList<Runnable> passEndBefore = new ArrayList<>();

    ReadyQueue(Errors errors) {
        this.errors = errors;
    }

    void add(Ready entry) {
        entries.add(entry);
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

    /** Runs the oldest entries, as many as there are now. */
    int runRound() {
        int count = entries.size();
        for (int left = count; left > 0; left--) {
            Ready entry = entries.poll();
            if (entry == null) {
                // Taken back meanwhile.
                break;
            }
            try {
                entry.run();
            } catch (Throwable failure) {
                errors.report(ErrorContext.of("exception in callback " + entry).withException(failure));
            }
        }
        return count;
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
