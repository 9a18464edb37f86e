package dev.skein.net;

import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;

/**
 * How a server is made. Immutable; changed by a function: {@code startServer(handler, host, port, o -> o.withBacklog(512))}.
 *
 * @param name what its tasks are called by, in front of the peer's address
 * @param backlog how many connections the system keeps for it that it has not accepted yet
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks a write waits while more than the high mark is queued, until it is less than the low mark; in bytes
 */
public record ServerOptions(String name, int backlog, int limit, WriteBufferWaterMark writeMarks) {
    /** Refuses a backlog or limit below 1. */
    public ServerOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException("backlog < 1: " + backlog);
        }
        StreamReader.checkLimit(limit);
    }

    /** The name "server", the system's largest backlog, a limit of 64 KiB, Netty's water marks: 32 and 64 KiB. */
    public static ServerOptions defaults() {
        return new ServerOptions("server", NetUtil.SOMAXCONN, StreamReader.DEFAULT_LIMIT, WriteBufferWaterMark.DEFAULT);
    }

    /** These options with another name. */
    public ServerOptions withName(String other) {
        return new ServerOptions(other, backlog, limit, writeMarks);
    }

    /** These options with another backlog. */
    public ServerOptions withBacklog(int other) {
        return new ServerOptions(name, other, limit, writeMarks);
    }

    /** These options with another limit. */
    public ServerOptions withLimit(int other) {
        return new ServerOptions(name, backlog, other, writeMarks);
    }

    /** These options with other water marks. */
    public ServerOptions withWriteMarks(int low, int high) {
        return new ServerOptions(name, backlog, limit, new WriteBufferWaterMark(low, high));
    }
}
