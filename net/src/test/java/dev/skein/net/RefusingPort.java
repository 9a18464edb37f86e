package dev.skein.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port of all addresses that nobody listens on and nobody else is given while it is held: who connects is refused. */
record RefusingPort(Socket holder) implements AutoCloseable {
    RefusingPort() throws IOException {
        this(new Socket());
        holder.bind(new InetSocketAddress(0));
    }

    int number() {
        return holder.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        holder.close();
    }
}
