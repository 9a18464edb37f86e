package dev.skein.loop;

/**
 * How much of each stack {@link Asyncio#captureCallGraph} takes, asyncio's {@code depth} and {@code limit}. Immutable.
 *
 * @param depth the frame of the calling task to begin with: 1 is the caller's own, 2 the caller's caller, for a method that
 *     captures on behalf of another. Other stacks are taken whole
 * @param limit how many frames of each stack: a positive number keeps those where the coroutine began, a negative one the innermost,
 *     as in Python's tracebacks; 0 takes no stack at all, which is much cheaper
 */
public record CallGraphOptions(int depth, int limit) {
    private static final CallGraphOptions DEFAULTS = new CallGraphOptions(1, Integer.MAX_VALUE);

    /** Checks what it is given. */
    public CallGraphOptions {
        if (limit == Integer.MIN_VALUE) {
            throw new IllegalArgumentException("limit < " + -Integer.MAX_VALUE + ": " + limit);
        }
        if (depth < 1) {
            throw new IllegalArgumentException("depth < 1: " + depth + ": 1 is the caller's own frame");
        }
    }

    static CallGraphOptions defaults() {
        return DEFAULTS;
    }

    /** The same with another first frame. */
    public CallGraphOptions withDepth(int frame) {
        return new CallGraphOptions(frame, limit);
    }

    /** The same with another number of frames, positive or negative as the class says. */
    public CallGraphOptions withLimit(int frames) {
        return new CallGraphOptions(depth, frames);
    }
}
