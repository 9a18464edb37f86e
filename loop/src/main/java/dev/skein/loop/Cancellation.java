package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * A request to cancel on its way down: from a task to what it awaits, from a gather to its children. Each is asked once,
 * however many ways lead to it, so that one request counts once in each task. No recursion, for the ways can be long.
 *
 * <p>Tasks can await each other in a circle, by way of gathers or not. Where the way comes back to one that is still being
 * asked, nothing beyond it will ever wake the task before it: that one is woken by the request itself. Loop only.
 */
final class Cancellation {
    enum Answer {
        /** It will end cancelled, unless its code refuses. */
        TAKEN,
        /** It is done, or nothing below it can be cancelled. */
        REFUSED,
        /** It waits for one that is being asked at this moment. */
        CIRCLE
    }

    /** One that waits for others, and its part in one request. */
    abstract static class Step {
        final Cancellation request;
        private @Nullable Step before;
        private boolean begun;
        private @Nullable Answer answer;

        Step(Cancellation request) {
            this.request = request;
        }

        /** The next of those that it waits for, or null. */
        abstract @Nullable Future<?> next();

        /** What {@link #next} has answered. */
        abstract void hear(Answer answer);

        /** What it answers itself, now that all have. */
        abstract Answer answer();
    }

    final @Nullable String message;

    /** The innermost of those that are being asked. */
    private @Nullable Step here;

    private @Nullable Throwable thrown;

    Cancellation(@Nullable String message) {
        this.message = message;
    }

    /** Asks each of {@code tasks}, those that await each other once. */
    static void ofAll(Iterable<? extends Task<?>> tasks, @Nullable String message) {
        Cancellation request = new Cancellation(message);
        tasks.forEach(request::walk);
        request.throwWhatStrangersThrew();
    }

    /**
     * Asks it, and all that it waits for; whether any of them has taken the request. What the code of a stranger throws, whose
     * future is cancelled too, is thrown when all have been asked.
     */
    boolean ask(Future<?> first) {
        boolean taken = walk(first);
        throwWhatStrangersThrew();
        return taken;
    }

    private boolean walk(Future<?> first) {
        Answer last = begin(first);
        for (Step step = here; step != null; step = here) {
            if (last != null) {
                step.hear(last);
            }
            Future<?> next = step.next();
            last = next == null ? end(step) : begin(next);
        }
        return last != Answer.REFUSED;
    }

    private void throwWhatStrangersThrew() {
        Throwable failure = thrown;
        if (failure != null) {
            thrown = null;
            throw Failures.unchecked(failure);
        }
    }

    /** What it answers, or null if others are to be asked first. */
    private @Nullable Answer begin(Future<?> future) {
        if (!future.isPending()) {
            return Answer.REFUSED;
        }
        Step step = future.stepOf(this);
        if (step == null) {
            return cancel(future) ? Answer.TAKEN : Answer.REFUSED;
        }
        if (step.begun) {
            return step.answer == null ? Answer.CIRCLE : step.answer;
        }
        step.begun = true;
        step.before = here;
        here = step;
        return null;
    }

    private boolean cancel(Future<?> future) {
        try {
            return future.cancel(message);
        } catch (Throwable ofStranger) {
            if (thrown == null) {
                thrown = ofStranger;
            } else if (thrown != ofStranger) {
                thrown.addSuppressed(ofStranger);
            }
            return !future.isPending();
        }
    }

    private Answer end(Step step) {
        here = step.before;
        step.before = null;
        Answer answer = step.answer();
        // The circle is broken by then: any other waiter of this one will be woken by its end.
        step.answer = answer == Answer.CIRCLE ? Answer.TAKEN : answer;
        return answer;
    }
}
