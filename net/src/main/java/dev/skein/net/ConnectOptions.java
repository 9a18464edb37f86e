package dev.skein.net;

import io.netty.channel.WriteBufferWaterMark;

/**
 * How a connection is opened. Immutable; changed by a function: {@code openConnection(host, port, o -> o.withLimit(1024))}.
 *
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks a write waits while more than the high mark is queued, until it is less than the low mark; in bytes
 */
public record ConnectOptions(int limit, WriteBufferWaterMark writeMarks) {
    /** Refuses a limit below 1. */
    public ConnectOptions {
        StreamReader.checkLimit(limit);
    }

    /** A limit of 64 KiB, as asyncio's, and Netty's water marks: 32 and 64 KiB. */
    public static ConnectOptions defaults() {
        return new ConnectOptions(StreamReader.DEFAULT_LIMIT, WriteBufferWaterMark.DEFAULT);
    }

    /** These options with another limit. */
    public ConnectOptions withLimit(int other) {
        return new ConnectOptions(other, writeMarks);
    }

    /** These options with other water marks. */
    public ConnectOptions withWriteMarks(int low, int high) {
        return new ConnectOptions(limit, new WriteBufferWaterMark(low, high));
    }
}
