package dev.skein.perf;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** A server to be measured, by the word that its process is started with. */
enum Peer {
    /** {@link RawEchoServer}. */
    RAW_ECHO {
        @Override
        InetSocketAddress start() {
            return RawEchoServer.start();
        }
    },

    /** {@link CoroutineEchoServer#echoBuffers}. */
    COROUTINE_ECHO {
        @Override
        InetSocketAddress start() throws IOException {
            return CoroutineEchoServer.start(CoroutineEchoServer::echoBuffers);
        }
    },

    /** {@link CoroutineEchoServer#echoBytes}. */
    COROUTINE_ECHO_BYTES {
        @Override
        InetSocketAddress start() throws IOException {
            return CoroutineEchoServer.start(CoroutineEchoServer::echoBytes);
        }
    };

    /** Starts it in this process, on the preferred transport, and gives the address where it listens. */
    abstract InetSocketAddress start() throws IOException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
