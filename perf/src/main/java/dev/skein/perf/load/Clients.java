package dev.skein.perf.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** The clients of one round of load: how they connect, what they send, and what they take for an answer. */
interface Clients extends Closeable {
    /** The largest part of an answer that is read at once. */
    int READ_BUFFER = 1 << 18;

    /** What hangs on a key of the selector. */
    interface Client {
        /** Reads and writes what can be, into a buffer that all share. */
        void onReady(SelectionKey key, ByteBuffer buffer) throws IOException;
    }

    /** Opens the connections that are there from the start. */
    void connect(Selector selector) throws IOException;

    /** Sends the first requests. */
    void start(long now) throws IOException;

    /** In an open loop, sends what is due. */
    default void sendDue(long now) throws IOException {}

    /** A new connection to the round's server, in blocking mode. */
    static SocketChannel open(Round round) throws IOException {
        SocketChannel channel = SocketChannel.open(server(round));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    static InetSocketAddress server(Round round) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), round.port());
    }
}
