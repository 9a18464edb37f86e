package dev.skein.loop;

/**
 * How much of each stack {@link Asyncio#captureCallGraph} takes: asyncio's {@code depth} and {@code limit}. Immutable.
 *
 * @param depth the first frame to take of the calling task: 1 is the caller's own, 2 the caller's caller, for a method that
 *     captures on behalf of another. Other stacks are taken whole
 * @param limit the number of frames to take of each stack: a positive number takes the outermost ones, a negative number the
 *     innermost ones, as in Python's tracebacks. 0 takes no stack at all, which is much cheaper
 */
public record CallGraphOptions(int depth, int limit) {
    private static final CallGraphOptions DEFAULTS = new CallGraphOptions(1, Integer.MAX_VALUE);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code depth} is less than 1, or {@code limit} is {@code Integer.MIN_VALUE}
     */
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

    /** Returns these options with another first frame. */
    public CallGraphOptions withDepth(int frame) {
        return new CallGraphOptions(frame, limit);
    }

    /** Returns these options with another number of frames. */
    public CallGraphOptions withLimit(int frames) {
        return new CallGraphOptions(depth, frames);
    }
}
