package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** One channel that is to be connected to one address; it is closed if it is not. Loop only. */
final class ConnectAttempt {
    private final Loop loop = Loop.current();
    private final SocketAddress address;
    private final ConnectOptions options;
    private final Consumer<Channel> end;

    ConnectAttempt(SocketAddress address, ConnectOptions options, Consumer<Channel> end) {
        this.address = address;
        this.options = options;
        this.end = end;
    }

    /** Connects from the first of {@code locals} that is of the address's family and can be bound, if there are any. */
    Channel connect(List<InetSocketAddress> locals) throws IOException {
        ChannelFuture registering = bootstrap().register();
        Channel channel = registering.channel();
        try {
            Asyncio.await(registering);
            if (!locals.isEmpty()) {
                bind(channel, locals);
            }
            Asyncio.await(channel.connect(UnixAddress.forChannel(address, loop.transport())));
            return channel;
        } catch (Throwable notConnected) {
            // Not registered: there was no descriptor left for it, and Netty's stand-in cannot be closed.
            if (channel.isRegistered()) {
                channel.close();
            }
            throw asIoException(notConnected);
        }
    }

    private void bind(Channel channel, List<InetSocketAddress> locals) throws IOException {
        BindException last = null;
        for (InetSocketAddress local : locals) {
            if (isSameFamily(local)) {
                try {
                    Asyncio.await(channel.bind(local));
                    return;
                } catch (UncheckedIOException e) {
                    String why = "cannot connect from " + AddressText.of(local) + ": " + ChannelFailure.reason(e);
                    last = (BindException) new BindException(why).initCause(e.getCause());
                }
            }
        }
        throw last != null
                ? last
                : new BindException("no local address of the same family, IPv4 or IPv6, as " + AddressText.of(address)
                        + ": " + locals);
    }

    private boolean isSameFamily(InetSocketAddress local) {
        InetAddress remote = address instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return remote != null && remote.getClass() == local.getAddress().getClass();
    }

    private Bootstrap bootstrap() {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, options.writeMarks())
                // None of Netty's own, as in asyncio: the system's, and the caller's waitFor.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        HalfClosure.allow(channel, options.options());
                        end.accept(channel);
                    }
                });
        if (UnixAddress.isUnix(address)) {
            bootstrap.channel(loop.transport().domainSocketChannel());
        } else {
            bootstrap.channel(loop.transport().socketChannel()).option(ChannelOption.TCP_NODELAY, true);
        }
        // Last, so that they stand.
        options.options().forEach((option, value) -> bootstrap.option(NettyOptions.any(option), value));
        return bootstrap;
    }

    /** What Netty throws for an address that cannot be used is the address's failure, so that the next one is tried. */
    private IOException asIoException(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        Throwable cause = failure instanceof UncheckedIOException unchecked
                ? Objects.requireNonNull(unchecked.getCause())
                : failure;
        if (cause instanceof ConnectException refused) {
            return withAddress(refused);
        }
        if (cause instanceof IOException io && io.getMessage() != null) {
            return io;
        }
        return ChannelFailure.of("cannot connect to " + AddressText.of(address), cause);
    }

    /** Netty puts the address into the message, but on io_uring. */
    private IOException withAddress(ConnectException refused) {
        String message = String.valueOf(refused.getMessage());
        return message.contains(address.toString())
                ? refused
                : (IOException) new ConnectException(message + ": " + address).initCause(refused);
    }
}
