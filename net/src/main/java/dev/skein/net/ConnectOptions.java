package dev.skein.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Map;

/**
 * How a connection is opened. Immutable; changed by a function: {@code openConnection(host, port, o -> o.withLimit(1024))}.
 *
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks a write waits while more than the high mark is queued, until it is less than the low mark; in bytes
 * @param options options of Netty's for the connection's channel
 */
public record ConnectOptions(int limit, WriteBufferWaterMark writeMarks, Map<ChannelOption<?>, Object> options) {
    /** Refuses a limit below 1. */
    public ConnectOptions {
        StreamReader.checkLimit(limit);
        options = Map.copyOf(options);
    }

    /** A limit of 64 KiB, as asyncio's, and Netty's water marks: 32 and 64 KiB. */
    public static ConnectOptions defaults() {
        return new ConnectOptions(StreamReader.DEFAULT_LIMIT, WriteBufferWaterMark.DEFAULT, Map.of());
    }

    /** These options with another limit. */
    public ConnectOptions withLimit(int other) {
        return new ConnectOptions(other, writeMarks, options);
    }

    /** These options with other water marks. */
    public ConnectOptions withWriteMarks(int low, int high) {
        return new ConnectOptions(limit, new WriteBufferWaterMark(low, high), options);
    }

    /** These options, and {@code option} of Netty's: {@code o -> o.withOption(ChannelOption.SO_KEEPALIVE, true)}. */
    public <T> ConnectOptions withOption(ChannelOption<T> option, T value) {
        return new ConnectOptions(limit, writeMarks, ServerOptions.with(options, option, value));
    }
}
