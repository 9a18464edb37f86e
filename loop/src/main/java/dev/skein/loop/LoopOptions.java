package dev.skein.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How a loop is made. Immutable; changed by a function: {@code newEventLoop(o -> o.withTransport(Transport.NIO))}.
 *
 * @param transport which of Netty's transports drives its channels
 * @param virtualTime whether its clock stands still while there is work and jumps to the next deadline when there is none:
 *     for tests, and what {@link dev.skein.loop.testing.TestLoop} is made of
 * @param watchdog how long a callback or a step of a coroutine may hold the loop before that is logged with its stack;
 *     zero logs none
 * @param debug whether it starts in debug mode, as {@link Loop#setDebug} describes it
 * @param closeTimeout how long closing waits for cancelled tasks to end, before it reports those that do not and goes on
 * @param eagerStart whether the first step of each task runs inside {@code createTask}: asyncio's {@code eager_task_factory}
 * @param seed of the random order in which the steps of coroutines run, where no order is promised; none: in the order in
 *     which they became ready
 */
public record LoopOptions(
        Transport transport,
        boolean virtualTime,
        Duration closeTimeout,
        boolean eagerStart,
        OptionalLong seed,
        Duration watchdog,
        boolean debug) {
    /** asyncio's PYTHONASYNCIODEBUG. */
    private static final boolean DEBUG = Boolean.getBoolean("skein.debug");

    /** Refuses a negative length. */
    public LoopOptions {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(seed, "seed");
        refuseNegative("closeTimeout", closeTimeout);
        refuseNegative("watchdog", watchdog);
    }

    private static void refuseNegative(String what, Duration length) {
        if (Objects.requireNonNull(length, what).isNegative()) {
            throw new IllegalArgumentException(what + " < 0: " + Durations.text(length));
        }
    }

    /**
     * The best transport of this machine (see {@link Transport#preferred}), real time, ten seconds to close, a
     * watchdog threshold of one second; debug mode if {@code -Dskein.debug=true}.
     */
    public static LoopOptions defaults() {
        return new LoopOptions(
                Transport.preferred(),
                false,
                Duration.ofSeconds(10),
                false,
                OptionalLong.empty(),
                Duration.ofSeconds(1),
                DEBUG);
    }

    /** These options with another transport. */
    public LoopOptions withTransport(Transport other) {
        return new LoopOptions(other, virtualTime, closeTimeout, eagerStart, seed, watchdog, debug);
    }

    /** These options with a clock that jumps to the next deadline when there is nothing to do. */
    public LoopOptions withVirtualTime() {
        return new LoopOptions(transport, true, closeTimeout, eagerStart, seed, watchdog, debug);
    }

    /** These options with another time to close in. */
    public LoopOptions withCloseTimeout(Duration other) {
        return new LoopOptions(transport, virtualTime, other, eagerStart, seed, watchdog, debug);
    }

    /**
     * These options with eager tasks: what ends without awaiting costs no turn of the loop. {@link TaskOptions#withEagerStart}
     * decides for one task.
     */
    public LoopOptions withEagerStart() {
        return new LoopOptions(transport, virtualTime, closeTimeout, true, seed, watchdog, debug);
    }

    /**
     * These options with another order of the coroutines for each {@code seed}, and always the same one for the same seed:
     * for tests, to find code that relies on an order which nobody promises. Within a round, neighbouring steps of
     * coroutines change places. Callbacks (of {@code callSoon}, timers, done callbacks) keep their order, and no step moves
     * past one.
     */
    public LoopOptions withSeed(long seed) {
        return new LoopOptions(
                transport, virtualTime, closeTimeout, eagerStart, OptionalLong.of(seed), watchdog, debug);
    }

    /** These options with another time that a step may hold the loop before it is reported; zero reports none. */
    public LoopOptions withWatchdog(Duration threshold) {
        return new LoopOptions(transport, virtualTime, closeTimeout, eagerStart, seed, threshold, debug);
    }

    /** These options in debug mode, as {@link Loop#setDebug} describes it. */
    public LoopOptions withDebug() {
        return new LoopOptions(transport, virtualTime, closeTimeout, eagerStart, seed, watchdog, true);
    }
}
