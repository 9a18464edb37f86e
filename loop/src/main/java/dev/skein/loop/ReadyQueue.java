package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a loop runs next, in order, and what waits for the end of the pass or for a moment without work. Each entry is run by itself: what it throws is
 * reported, and the next one has its turn. Loop only.
 *
 * <p>Two threads take turns here, one of them at a time. The loop's own thread runs callbacks. Where it finds the step of a
 * coroutine at the head of the queue, it hands over to the carrier, which runs steps until the next callback.
 */
@Plumbing
final class ReadyQueue {
    /**
     * The number of actions that are not put off to the end of the pass: they are mostly flushes, and while this loop runs, the
     * peers that were served can already work.
     */
    private static final int MANY = 8;

    private final LoopThread thread;
    private final ErrorReporter errors;
    private final LoopWatch watch;
    private final DebugMode debug;
    private final @Nullable SeededShuffle seededOrder;
    private final ArrayDeque<ReadyEntry> entries = new ArrayDeque<>();
    private final ArrayList<ReadyEntry> whenIdle = new ArrayList<>();
    private ArrayList<Runnable> passEnd = new ArrayList<>();
    private ArrayList<Runnable> passEndBefore = new ArrayList<>();

    /** Of the round that is running: how many entries, from the head of the queue on, still belong to it. */
    private int left;

    private long rounds;

    /** How many coroutines that the JDK woke are in the queue. */
    private int queuedWoken;

    // What the loop's own thread has the carrier do, and with what.
    private final Runnable steps = this::runSteps;
    private final Runnable oneStep = this::runOneStep;
    private @Nullable ReadyEntry one;
    private final BooleanSupplier moreSteps;
    private final Runnable nettyTasks;

    /**
     * @param moreSteps asked where nothing is left of a round, and the carrier has the turn: whether it may begin another
     *     round by itself, which saves handing over twice
     * @param nettyTasks runs what Netty has queued, on the loop's own thread
     */
    ReadyQueue(
            LoopThread thread,
            ErrorReporter errors,
            LoopWatch watch,
            DebugMode debug,
            OptionalLong seed,
            BooleanSupplier moreSteps,
            Runnable nettyTasks) {
        this.thread = thread;
        this.moreSteps = moreSteps;
        this.nettyTasks = nettyTasks;
        this.errors = errors;
        this.watch = watch;
        this.debug = debug;
        this.seededOrder = seed.isPresent() ? new SeededShuffle(seed.getAsLong()) : null;
    }

    void add(ReadyEntry entry) {
        entries.add(entry);
    }

    /** Puts it at the head of the queue, into the round that is running: it is what runs after the caller's entry. */
    void addNext(ReadyEntry entry) {
        entries.addFirst(entry);
        left++;
    }

    /** Takes {@code who} out again, if it is what runs next. */
    void takeBackNext(ReadyEntry who) {
        if (entries.peekFirst() == who) {
            entries.removeFirst();
            left--;
        }
    }

    /** Takes the newest entry for {@code who} out again. */
    void takeBack(ReadyEntry who) {
        entries.removeLastOccurrence(who);
    }

    void addAtPassEnd(Runnable action) {
        passEnd.add(action);
    }

    void addWhenIdle(ReadyEntry entry) {
        whenIdle.add(entry);
    }

    boolean hasWhenIdle() {
        return !whenIdle.isEmpty();
    }

    /** The loop is idle: they are what runs next. */
    void queueWhenIdle() {
        entries.addAll(whenIdle);
        whenIdle.clear();
    }

    int size() {
        return entries.size();
    }

    boolean isEmpty() {
        return entries.isEmpty() && passEnd.isEmpty() && whenIdle.isEmpty();
    }

    /** How many rounds have begun. */
    long rounds() {
        return rounds;
    }

    /** Runs the oldest entries, as many as there are now, and what they add to be next. */
    void runRound() {
        beginRound();
        while (left > 0) {
            if (isStepNext() && !debug.isOn()) {
                runOnCarrier(steps);
            } else {
                runNext();
            }
            if (passEnd.size() >= MANY) {
                runPassEnd();
            }
        }
    }

    private void beginRound() {
        rounds++;
        if (seededOrder != null) {
            seededOrder.shuffle(entries);
        }
        left = entries.size();
    }

    /** Whether the next entry is a coroutine's step. */
    boolean isStepNext() {
        ReadyEntry next = entries.peekFirst();
        return next != null && next.isStep();
    }

    private boolean runOnCarrier(Runnable work) {
        if (thread.takeStoodIn()) {
            nettyTasks.run();
        }
        return thread.runOnCarrier(work);
    }

    /** Runs steps up to the next callback. On the carrier. */
    private void runSteps() {
        do {
            while (left > 0) {
                if (!isStepNext() || passEnd.size() >= MANY) {
                    // Also if what was left has been taken back.
                    left = Math.min(left, entries.size());
                    return;
                }
                left--;
                runStep(entries.removeFirst());
            }
        } while (isStepNext() && moreSteps.getAsBoolean() && beginsRound());
    }

    private boolean beginsRound() {
        beginRound();
        return true;
    }

    private void runStep(ReadyEntry step) {
        watch.step();
        try {
            step.takeTurn();
        } catch (Throwable failure) {
            // To tell of it is not for the carrier: loggers and handlers are foreign code.
            passEnd.add(() -> report(step, failure));
        }
    }

    private void runOneStep() {
        ReadyEntry step = one;
        one = null;
        if (step != null) {
            step.takeTurn();
        }
    }

    /** Runs {@code entry} inside the callback that is running, together with what that adds to be next. */
    void runNow(ReadyEntry entry) {
        int outer = left;
        guardedRun(entry);
        while (left > outer) {
            runNext();
        }
    }

    private void runNext() {
        left--;
        ReadyEntry entry = entries.poll();
        if (entry == null) {
            // Taken back meanwhile.
            left = 0;
        } else {
            guardedRun(entry);
        }
    }

    private void guardedRun(ReadyEntry entry) {
        watch.step();
        try {
            if (debug.isOn()) {
                debug.run(entry, this::take);
            } else {
                take(entry);
            }
        } catch (Throwable failure) {
            report(entry, failure);
        }
    }

    private void take(ReadyEntry entry) {
        if (entry.isStep()) {
            takeStep(entry);
        } else {
            call(entry);
        }
    }

    /** Runs a callback that a program registered, and reports its failure. */
    private void call(ReadyEntry callback) {
        thread.beginCallback(callback.context());
        try {
            callback.takeTurn();
        } catch (Throwable failure) {
            report(callback, failure);
        } finally {
            thread.endCallback();
        }
    }

    private void takeStep(ReadyEntry entry) {
        one = entry;
        if (!runOnCarrier(oneStep)) {
            // A callback has started a task in a class initialiser: the carrier is not free before that has ended.
            one = null;
            entries.add(entry);
        }
    }

    private void report(ReadyEntry entry, Throwable failure) {
        if (!entry.hasDealtWith(failure)) {
            errors.report(ErrorContext.of("exception in callback " + Repr.of(entry))
                    .withException(failure)
                    .withCreation(debug.creationOf(entry.subject())));
        }
    }

    // Coroutines that were blocked in the JDK.

    /** One of them can continue, in its turn. */
    void addWoken(MountedCoroutine coroutine) {
        queuedWoken++;
        entries.add(new Woken(coroutine));
    }

    /** Takes those out that are in the queue, oldest first. */
    void takeWoken(Queue<MountedCoroutine> to) {
        if (queuedWoken == 0) {
            return;
        }
        for (ReadyEntry entry : entries) {
            if (entry instanceof Woken woken && woken.coroutine != null) {
                to.add(woken.take());
            }
        }
    }

    /**
     * Resumes one at once, together with what it adds to be next. On the carrier, while the loop's own thread is stopped
     * half-way through a callback: it is no step of the loop, which does not get on.
     */
    void runWoken(MountedCoroutine coroutine) {
        int outer = left;
        try {
            coroutine.jdkWakeUp();
            while (left > outer && isStepNext()) {
                left--;
                entries.removeFirst().takeTurn();
            }
        } catch (Throwable failure) {
            passEnd.add(() -> report(coroutine, failure));
        }
    }

    /** The entry for a coroutine that the JDK has made runnable; empty once that has continued. */
    private final class Woken extends ReadyEntry {
        private @Nullable MountedCoroutine coroutine;

        Woken(MountedCoroutine coroutine) {
            this.coroutine = coroutine;
        }

        MountedCoroutine take() {
            MountedCoroutine taken = Objects.requireNonNull(coroutine);
            coroutine = null;
            queuedWoken--;
            return taken;
        }

        @Override
        boolean isStep() {
            return true;
        }

        @Override
        void takeTurn() {
            if (coroutine != null) {
                take().jdkWakeUp();
            }
        }

        @Override
        Object subject() {
            return coroutine == null ? this : coroutine.subject();
        }

        @Override
        void loopClosed() {
            if (coroutine != null) {
                take().goOnAlone();
            }
        }
    }

    // The end of the pass.

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
                errors.report("exception at the end of a pass", failure);
            }
            thread.clear();
        }
        actions.clear();
    }

    /** Nothing runs any more. */
    void loopClosed() {
        for (ReadyEntry entry = entries.poll(); entry != null; entry = entries.poll()) {
            errors.attempt("cannot drop a ready entry as the loop closes", entry::loopClosed);
        }
    }
}
