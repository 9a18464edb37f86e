package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One {@code openDatagram}: looks names up and tries the pairs of addresses of one family. Loop only. */
final class DatagramOpener {
    private final Loop loop = Loop.current();
    private final DatagramOptions options;

    /** The address that it binds to and its peer; null: any. */
    private record Pair(
            @Nullable InetSocketAddress local, @Nullable InetSocketAddress remote) {
        boolean isOneFamily() {
            return local == null
                    || remote == null
                    || local.getAddress().getClass() == remote.getAddress().getClass();
        }

        @Nullable
        InetAddress any() {
            InetSocketAddress one = local == null ? remote : local;
            return one == null ? null : one.getAddress();
        }
    }

    DatagramOpener(DatagramOptions options) {
        this.options = options;
    }

    DatagramEndpoint open() throws IOException {
        Connector.requireCoroutine();
        IOException first = null;
        for (Pair pair : pairs()) {
            try {
                return open(pair);
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw Objects.requireNonNull(first);
    }

    private List<Pair> pairs() throws IOException {
        List<Pair> pairs = new ArrayList<>();
        for (@Nullable InetSocketAddress local : lookUp(options.localAddress())) {
            for (@Nullable InetSocketAddress remote : lookUp(options.remoteAddress())) {
                pairs.add(new Pair(local, remote));
            }
        }
        pairs.removeIf(pair -> !pair.isOneFamily());
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("no two addresses of the same family, IPv4 or IPv6: from "
                    + options.localAddress().get() + " to "
                    + options.remoteAddress().get());
        }
        return pairs;
    }

    private List<@Nullable InetSocketAddress> lookUp(Optional<InetSocketAddress> address) throws IOException {
        List<@Nullable InetSocketAddress> found = new ArrayList<>();
        if (address.isEmpty() || !address.get().isUnresolved()) {
            found.add(address.orElse(null));
            return found;
        }
        InetSocketAddress name = address.get();
        for (InetAddress one : Dns.lookUp(name.getHostString(), options.resolvers())) {
            found.add(new InetSocketAddress(one, name.getPort()));
        }
        return found;
    }

    private DatagramEndpoint open(Pair pair) throws IOException {
        DatagramSocketChannel socket = newSocket(pair);
        DatagramEndpoint endpoint = new DatagramEndpoint(socket, pair.remote(), options.queue());
        Channel channel = socket.channel();
        ChannelFuture registering =
                socket.bootstrap(loop, options).handler(new Handler(endpoint)).register();
        try {
            Asyncio.await(registering);
            bind(channel, pair);
            if (pair.remote() != null && !options.broadcast()) {
                connect(channel, pair.remote());
            }
            endpoint.opened();
            return endpoint;
        } catch (Throwable notOpened) {
            if (channel.isRegistered()) {
                channel.close();
            }
            throw asIoException(notOpened);
        }
    }

    private DatagramSocketChannel newSocket(Pair pair) throws IOException {
        try {
            return DatagramSocketChannel.open(loop.transport(), pair.any());
        } catch (ChannelException notMade) {
            throw ChannelFailure.of("cannot open a datagram socket", notMade);
        }
    }

    private void bind(Channel channel, Pair pair) throws BindException {
        InetSocketAddress local = pair.local();
        if (local == null && pair.remote() != null && !options.broadcast()) {
            // The system binds it as it is connected.
            return;
        }
        InetSocketAddress where = local == null ? new InetSocketAddress(0) : local;
        try {
            Asyncio.await(channel.bind(where));
        } catch (UncheckedIOException e) {
            String message = "cannot bind to " + AddressText.of(where) + ": " + ChannelFailure.reason(e);
            throw (BindException) new BindException(message).initCause(e.getCause());
        }
    }

    private static void connect(Channel channel, InetSocketAddress remote) throws ConnectException {
        try {
            Asyncio.await(channel.connect(remote));
        } catch (UncheckedIOException e) {
            String message = "cannot connect to " + AddressText.of(remote) + ": " + ChannelFailure.reason(e);
            throw (ConnectException) new ConnectException(message).initCause(e.getCause());
        }
    }

    private static IOException asIoException(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof UncheckedIOException unchecked
                ? Objects.requireNonNull(unchecked.getCause())
                : failure instanceof IOException io ? io : new IOException(failure.toString(), failure);
    }

    /** The end of the channel's pipeline. On the loop's thread. */
    private final class Handler extends ChannelInboundHandlerAdapter {
        private final DatagramEndpoint endpoint;

        Handler(DatagramEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object packet) {
            endpoint.received((DatagramPacket) packet);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            if (failure instanceof IOException io) {
                endpoint.failed(io);
                return;
            }
            loop.callExceptionHandler(ErrorContext.of("datagram endpoint failed and is closed: " + endpoint)
                    .withException(failure)
                    .withChannel(context.channel()));
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            endpoint.ended();
        }
    }
}
