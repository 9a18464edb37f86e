package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Opens one channel, for a stream or for messages: looks the host up and tries its addresses, one after the other. Loop
 * only.
 */
final class Connector {
    private final Loop loop = Loop.current();
    private final String host;
    private final int port;
    private final ConnectOptions options;
    private final Consumer<Channel> end;
    private final List<IOException> failures = new ArrayList<>();

    /** {@code end} puts into the pipeline what is ours: a {@link StreamHandler} for a stream. */
    Connector(String host, int port, ConnectOptions options, Consumer<Channel> end) {
        this.host = host;
        this.port = port;
        this.options = options;
        this.end = end;
    }

    /** The addresses of {@code host}, at least one. A name is looked up on another thread, since the JDK's lookup blocks. */
    static List<InetAddress> lookUp(String host) throws UnknownHostException {
        if (host.isEmpty()) {
            throw new IllegalArgumentException(
                    "host is empty: name it, or use 0.0.0.0 or :: to listen on all addresses");
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal != null) {
            return List.of(literal);
        }
        try {
            return Asyncio.toThread(() -> List.of(InetAddress.getAllByName(host)));
        } catch (UncheckedIOException e) {
            IOException why = Objects.requireNonNull(e.getCause());
            throw (UnknownHostException) new UnknownHostException("cannot resolve " + why.getMessage()).initCause(why);
        }
    }

    Channel open() throws IOException {
        return open(lookUp(host));
    }

    Channel open(List<InetAddress> addresses) throws IOException {
        for (InetAddress address : addresses) {
            try {
                return connect(new InetSocketAddress(address, port));
            } catch (UncheckedIOException e) {
                failures.add(Objects.requireNonNull(e.getCause()));
            }
        }
        throw allFailed();
    }

    private Channel connect(InetSocketAddress address) {
        ChannelFuture connecting = bootstrap().connect(address);
        try {
            return Asyncio.await(connecting);
        } catch (Throwable notConnected) {
            connecting.channel().close();
            throw notConnected;
        }
    }

    private Bootstrap bootstrap() {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .channel(loop.transport().socketChannel())
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, options.writeMarks())
                // None of Netty's own, as in asyncio: the system's, and the caller's waitFor.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        end.accept(channel);
                    }
                });
        options.options().forEach((option, value) -> bootstrap.option(ServerOptions.any(option), value));
        return bootstrap;
    }

    private ConnectException allFailed() {
        String reasons = failures.stream().map(IOException::getMessage).collect(Collectors.joining("; "));
        ConnectException all = new ConnectException("cannot connect to " + host + ":" + port + ": " + reasons);
        all.initCause(failures.removeFirst());
        failures.forEach(all::addSuppressed);
        return all;
    }
}
