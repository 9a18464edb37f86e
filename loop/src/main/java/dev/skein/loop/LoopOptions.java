package dev.skein.loop;

import java.time.Duration;

/**
 * How a loop is made. Immutable; changed by a function: {@code newEventLoop(o -> o.withTransport(Transport.NIO))}.
 *
 * @param transport which of Netty's transports drives its channels
 * @param virtualTime whether its clock stands still while there is work and jumps to the next deadline when there is none:
 *     for tests, and what {@link dev.skein.loop.testing.TestLoop} is made of
 * @param closeTimeout how long closing waits for cancelled tasks to end, before it reports those that do not and goes on
 */
public record LoopOptions(Transport transport, boolean virtualTime, Duration closeTimeout) {
    /** Refuses a negative timeout. */
    public LoopOptions {
        if (closeTimeout.isNegative()) {
            throw new IllegalArgumentException("closeTimeout < 0: " + closeTimeout);
        }
    }

    /** The best transport of this machine (see {@link Transport#preferred}), real time, ten seconds to close. */
    public static LoopOptions defaults() {
        return new LoopOptions(Transport.preferred(), false, Duration.ofSeconds(10));
    }

    /** These options with another transport. */
    public LoopOptions withTransport(Transport other) {
        return new LoopOptions(other, virtualTime, closeTimeout);
    }

    /** These options with a clock that jumps to the next deadline when there is nothing to do. */
    public LoopOptions withVirtualTime() {
        return new LoopOptions(transport, true, closeTimeout);
    }

    /** These options with another time to close in. */
    public LoopOptions withCloseTimeout(Duration other) {
        return new LoopOptions(transport, virtualTime, other);
    }
}
