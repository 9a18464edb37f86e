package dev.skein.loop;

import java.security.ProtectionDomain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop's debug mode, asyncio's: it remembers where futures, tasks and callbacks were created, for reports, and logs what
 * takes longer than {@code slowCallbackDuration}. Off, it costs a look at a flag. Loop only, but for the flags.
 */
final class DebugMode {
    private static final int FRAMES = 10;

    private static final String HOME = DebugMode.class.getPackageName();
    private static final ProtectionDomain ORIGIN = DebugMode.class.getProtectionDomain();

    private final LoopWatch watch;
    private final long usualThreshold;
    private final Map<Object, List<StackTraceElement>> creations = new WeakHashMap<>();

    // Any thread.
    private volatile boolean on;
    private volatile long slowNanos = 100_000_000;

    DebugMode(LoopWatch watch, boolean on) {
        this.watch = watch;
        this.usualThreshold = watch.thresholdNanos();
        set(on);
    }

    boolean isOn() {
        return on;
    }

    void set(boolean debug) {
        on = debug;
        creations.clear();
        adjustWatch();
    }

    Duration slowCallbackDuration() {
        return Duration.ofNanos(slowNanos);
    }

    void setSlowCallbackDuration(Duration length) {
        if (length.isNegative()) {
            throw new IllegalArgumentException("slowCallbackDuration < 0: " + Durations.text(length));
        }
        slowNanos = Durations.toNanos(length);
        adjustWatch();
    }

    /** In debug mode the watchdog looks as closely as slow callbacks are told: so their stack is seen too. */
    private void adjustWatch() {
        watch.setThreshold(on ? Math.min(Math.max(slowNanos, 1), usualThreshold) : usualThreshold);
    }

    /** Remembers where {@code thing} is being created, if debug mode is on, and gives it back. */
    <T> T created(T thing) {
        if (on) {
            created(thing, callers());
        }
        return thing;
    }

    /** As {@link #created(Object)}, for what another thread creates: {@code place} is where it is. */
    void created(Object thing, List<StackTraceElement> place) {
        if (on && !place.isEmpty()) {
            creations.put(thing, place);
        }
    }

    /** The stack of the caller's caller if debug mode is on, else nothing. Any thread. */
    List<StackTraceElement> here() {
        return on ? callers() : List.of();
    }

    /** Nothing where it is the loop itself that creates, in its pass. */
    private static List<StackTraceElement> callers() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.takeWhile(f -> f.getDeclaringClass() != SelectorEventLoop.class)
                        .dropWhile(f -> createsForItsCaller(f.getDeclaringClass()))
                        .limit(FRAMES)
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toList());
    }

    /** Each class of this library does, and what it calls of the JDK: creation stacks begin above them. */
    private static boolean createsForItsCaller(Class<?> type) {
        return type.getClassLoader() == null
                || (type.getPackageName().startsWith(HOME) && type.getProtectionDomain() == ORIGIN);
    }

    /** Where {@code thing} was created, innermost frame first; nothing if that is not known. */
    List<StackTraceElement> creationOf(Object thing) {
        return creations.getOrDefault(thing, List.of());
    }

    /** Runs a turn of the loop, and logs it if it took long: only then an object is asked for its text. */
    void run(ReadyEntry entry, Consumer<ReadyEntry> turn) {
        long start = System.nanoTime();
        // Afterwards a handle has forgotten its callback, and a coroutine its task.
        Object subject = entry.subject();
        Object callback = subject instanceof Handle handle ? handle.callback() : null;
        try {
            turn.accept(entry);
        } finally {
            long took = System.nanoTime() - start;
            if (took >= slowNanos) {
                LoopLog.warn("executing " + describe(subject, callback) + " took "
                        + Durations.text(Duration.ofNanos(took)) + ErrorContext.describeCreation(creationOf(subject)));
            }
        }
    }

    private static String describe(Object subject, @Nullable Object callback) {
        return callback != null && subject instanceof Handle handle
                ? handle.describe(Repr.of(callback))
                : Repr.of(subject);
    }
}
