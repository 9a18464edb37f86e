package dev.skein.loop;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.Consumer;

/** The JDK's provider, which shows each selector that it opens: Netty keeps its own to itself. Any thread. */
final class SelectorSpy extends SelectorProvider {
    private final SelectorProvider jdk = SelectorProvider.provider();
    private final Consumer<? super AbstractSelector> observer;

    SelectorSpy(Consumer<? super AbstractSelector> observer) {
        this.observer = observer;
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        AbstractSelector opened = jdk.openSelector();
        observer.accept(opened);
        return opened;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return jdk.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return jdk.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return jdk.openPipe();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return jdk.openServerSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return jdk.openSocketChannel();
    }
}
