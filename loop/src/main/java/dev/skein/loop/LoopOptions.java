package dev.skein.loop;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The options of a loop. Immutable, and changed by a function: {@code newEventLoop(o -> o.withTransport(Transport.NIO))}.
 *
 * @param transport which of Netty's transports drives its channels
 * @param virtualTime whether its clock stands still while there is work and jumps to the next deadline if there is none, for
 *     tests: {@link dev.skein.loop.testing.TestLoop} uses it
 * @param watchdog how long a callback or a step of a coroutine may block the loop before the watchdog logs its stack; zero
 *     logs nothing
 * @param debug whether the loop starts in debug mode, as {@link Loop#setDebug} describes it
 * @param closeTimeout how long a loop that closes waits for its cancelled tasks, before it reports those that have not ended
 * @param eagerStart whether the first step of each task runs inside {@code createTask}: asyncio's {@code eager_task_factory}
 * @param seed the seed of a random order of the steps of coroutines, within the orders that are permitted; if empty, they run
 *     in the order in which they became ready
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

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if {@code closeTimeout} or {@code watchdog} is negative
     */
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
     * Returns the default options: the best transport of this machine (see {@link Transport#preferred}), real time, a close
     * timeout of 10 s, a watchdog threshold of 1 s, and debug mode only with {@code -Dskein.debug=true}.
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

    /** Returns these options with another transport. */
    public LoopOptions withTransport(Transport other) {
        return new LoopOptions(other, virtualTime, closeTimeout, eagerStart, seed, watchdog, debug);
    }

    /** Returns these options with virtual time: a clock that jumps to the next deadline if there is nothing to do. */
    public LoopOptions withVirtualTime() {
        return new LoopOptions(transport, true, closeTimeout, eagerStart, seed, watchdog, debug);
    }

    /** Returns these options with another close timeout. */
    public LoopOptions withCloseTimeout(Duration other) {
        return new LoopOptions(transport, virtualTime, other, eagerStart, seed, watchdog, debug);
    }

    /**
     * Returns these options with eager tasks: a task that ends without awaiting costs no round of the loop.
     * {@link TaskOptions#withEagerStart} decides for one task.
     */
    public LoopOptions withEagerStart() {
        return new LoopOptions(transport, virtualTime, closeTimeout, true, seed, watchdog, debug);
    }

    /**
     * Returns these options with a random order of coroutines, the same one for the same {@code seed}: for tests, to find
     * code that relies on an order that is not promised. Within a round, neighbouring steps of coroutines change places.
     * Callbacks (of {@code callSoon}, timers, done callbacks) keep their order, and no step moves past one.
     */
    public LoopOptions withSeed(long seed) {
        return new LoopOptions(
                transport, virtualTime, closeTimeout, eagerStart, OptionalLong.of(seed), watchdog, debug);
    }

    /** Returns these options with another time that a step may block the loop before it is logged; zero logs nothing. */
    public LoopOptions withWatchdog(Duration threshold) {
        return new LoopOptions(transport, virtualTime, closeTimeout, eagerStart, seed, threshold, debug);
    }

    /** Returns these options in debug mode, as {@link Loop#setDebug} describes it. */
    public LoopOptions withDebug() {
        return new LoopOptions(transport, virtualTime, closeTimeout, eagerStart, seed, watchdog, true);
    }
}
