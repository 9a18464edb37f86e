package dev.skein.loop;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How a loop is made. Immutable; changed by a function: {@code newEventLoop(o -> o.withTransport(Transport.NIO))}.
 *
 * @param transport which of Netty's transports drives its channels
 * @param virtualTime whether its clock stands still while there is work and jumps to the next deadline when there is none:
 *     for tests, and what {@link dev.skein.loop.testing.TestLoop} is made of
 * @param closeTimeout how long closing waits for cancelled tasks to end, before it reports those that do not and goes on
 * @param eagerStart whether the first step of each task runs inside {@code createTask}: asyncio's {@code eager_task_factory}
 * @param seed of the random order in which the steps of coroutines run, where no order is promised; none: in the order in
 *     which they became ready
 */
public record LoopOptions(
        Transport transport, boolean virtualTime, Duration closeTimeout, boolean eagerStart, OptionalLong seed) {
    /** Refuses a negative timeout. */
    public LoopOptions {
        if (closeTimeout.isNegative()) {
            throw new IllegalArgumentException("closeTimeout < 0: " + closeTimeout);
        }
    }

    /** The best transport of this machine (see {@link Transport#preferred}), real time, ten seconds to close. */
    public static LoopOptions defaults() {
        return new LoopOptions(Transport.preferred(), false, Duration.ofSeconds(10), false, OptionalLong.empty());
    }

    /** These options with another transport. */
    public LoopOptions withTransport(Transport other) {
        return new LoopOptions(other, virtualTime, closeTimeout, eagerStart, seed);
    }

    /** These options with a clock that jumps to the next deadline when there is nothing to do. */
    public LoopOptions withVirtualTime() {
        return new LoopOptions(transport, true, closeTimeout, eagerStart, seed);
    }

    /** These options with another time to close in. */
    public LoopOptions withCloseTimeout(Duration other) {
        return new LoopOptions(transport, virtualTime, other, eagerStart, seed);
    }

    /**
     * These options with eager tasks: what ends without awaiting costs no turn of the loop. {@link TaskOptions#withEagerStart}
     * decides for one task.
     */
    public LoopOptions withEagerStart() {
        return new LoopOptions(transport, virtualTime, closeTimeout, true, seed);
    }

    /**
     * These options with another order of the coroutines for each {@code seed}, and always the same one for the same seed:
     * for tests, to find code that relies on an order which nobody promises. Within a round, neighbouring steps of
     * coroutines change places. Callbacks (of {@code callSoon}, timers, done callbacks) keep their order, and no step moves
     * past one.
     */
    public LoopOptions withSeed(long seed) {
        return new LoopOptions(transport, virtualTime, closeTimeout, eagerStart, OptionalLong.of(seed));
    }
}
