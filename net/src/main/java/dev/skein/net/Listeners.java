package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The listening sockets of a server: one for each address, or, where the system shares connections out among several, one
 * for each address and loop.
 *
 * <p>Of the loop that starts the server only.
 */
final class Listeners {
    private final ServerOptions options;
    private final List<ServerLoop> parts;
    private final List<Channel> channels = new ArrayList<>();
    private final List<SocketAddress> addresses = new ArrayList<>();
    private List<Acceptor> acceptors = List.of();

    /** For a server whose connections are served by {@code parts}. */
    Listeners(ServerOptions options, List<ServerLoop> parts) {
        this.options = options;
        this.parts = parts;
    }

    /** That of all the loops. */
    private Transport transport() {
        return parts.getFirst().loop().transport();
    }

    /** One for all loops. */
    private List<Acceptor> oneAcceptor() {
        Loop first = parts.getFirst().loop();
        EventLoopGroup all = options.loops().isPresent() ? options.loops().get() : first.eventLoop();
        return List.of(new Acceptor(first, all, options.maxConnections()));
    }

    /** One for each loop, where that is possible, and no limit is to be held for all of them. */
    private List<Acceptor> acceptorsOfEachLoop() {
        boolean limited = options.maxConnections() != Integer.MAX_VALUE;
        if (parts.size() == 1 || limited || !sharesOut(transport())) {
            return oneAcceptor();
        }
        return parts.stream()
                .map(ServerLoop::loop)
                .map(loop -> new Acceptor(loop, loop.eventLoop(), options.maxConnections()))
                .toList();
    }

    /** Whether the system gives each of several sockets on one port its share of the connections: Linux does. */
    private static boolean sharesOut(Transport transport) {
        return transport == Transport.EPOLL || transport == Transport.IO_URING;
    }

    /** Listens on each address that {@code hosts} have, once; an empty host stands for all interfaces. */
    void listen(Collection<String> hosts, int port) throws IOException {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("no host to listen on: name one or more, or \"\" for all interfaces");
        }
        NettyOptions.check(transport().serverSocketChannel(), options.listenOptions());
        NettyOptions.check(transport().socketChannel(), options.options());
        Set<InetAddress> all = new LinkedHashSet<>();
        for (String host : hosts) {
            for (String each : host.isEmpty() ? everywhere() : List.of(host)) {
                all.addAll(Dns.lookUp(each));
            }
        }
        acceptors = acceptorsOfEachLoop();
        ServerSockets.dropWhatAnotherCovers(all, transport());
        listenOnAll(all, port);
    }

    /** Listens on a Unix socket, or on an address as the other {@code listen} does. */
    void listen(SocketAddress address) throws IOException {
        if (address instanceof InetSocketAddress inet) {
            listen(List.of(inet.getHostString()), inet.getPort());
            return;
        }
        NettyOptions.check(transport().serverDomainSocketChannel(), options.listenOptions());
        NettyOptions.check(transport().domainSocketChannel(), options.options());
        acceptors = oneAcceptor();
        Acceptor acceptor = acceptors.getFirst();
        channels.add(UnixListener.listen(
                asTheCallerSays(bootstrap(acceptor)), acceptor.loop().transport(), address, options.keepSocketFile()));
        addresses.add(address);
    }

    private static List<String> everywhere() throws SocketException {
        boolean six = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(Inet6Address.class::isInstance);
        return six ? List.of("0.0.0.0", "::") : List.of("0.0.0.0");
    }

    /** A name may have addresses that this machine has not, as localhost has ::1 where IPv6 is off: those are skipped. */
    private void listenOnAll(Set<InetAddress> hosts, int port) throws IOException {
        BindException skipped = null;
        for (InetAddress host : hosts) {
            try {
                bindEach(new InetSocketAddress(host, port));
            } catch (BindException e) {
                if (isOfThisMachine(host)) {
                    throw e;
                }
                skipped = e;
            }
        }
        if (addresses.isEmpty() && skipped != null) {
            throw skipped;
        }
    }

    /** It is if there is a port on which one can listen. */
    private static boolean isOfThisMachine(InetAddress host) {
        try (ServerSocket probe = new ServerSocket(0, 1, host)) {
            return probe.isBound();
        } catch (IOException no) {
            return false;
        }
    }

    private void bindEach(InetSocketAddress address) throws IOException {
        SocketAddress bound = address;
        for (Acceptor acceptor : acceptors) {
            // The second loop gets the port that 0 became for the first.
            bound = bind(acceptor, bound);
        }
        addresses.add(bound);
    }

    private SocketAddress bind(Acceptor acceptor, SocketAddress address) throws IOException {
        ChannelFuture binding = bootstrap(acceptor, address).bind(address);
        channels.add(binding.channel());
        String what = "cannot listen on " + AddressText.of(address);
        try {
            return Asyncio.await(binding).localAddress();
        } catch (UncheckedIOException e) {
            throw (BindException) new BindException(what + ": " + ChannelFailure.reason(e)).initCause(e.getCause());
        } catch (ChannelException notMade) {
            // Netty's stand-in for it can be neither closed nor waited for.
            channels.remove(binding.channel());
            throw ChannelFailure.of(what, notMade);
        }
    }

    private ServerBootstrap bootstrap(Acceptor acceptor, SocketAddress address) {
        Transport transport = acceptor.loop().transport();
        ServerBootstrap bootstrap = bootstrap(acceptor)
                .channelFactory(() -> ServerSockets.open(transport, address))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        if (options.reusePort() || acceptors.size() > 1) {
            bootstrap.option(ServerSockets.reusePort(transport), true);
        }
        return asTheCallerSays(bootstrap);
    }

    /** What holds for every kind of address. */
    private ServerBootstrap bootstrap(Acceptor acceptor) {
        Map<Loop, ServerLoop> partOfLoop =
                parts.stream().collect(Collectors.toMap(ServerLoop::loop, Function.identity()));
        return new ServerBootstrap()
                .group(acceptor.loop().eventLoop(), acceptor.servedBy())
                .handler(acceptor)
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, options.writeMarks())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        HalfClosure.allow(channel, options.options());
                        ServerLoop part = Objects.requireNonNull(partOfLoop.get(Loop.of(channel.eventLoop())));
                        part.protocol().install(channel, part);
                    }
                });
    }

    /** Last, so that it stands. */
    private ServerBootstrap asTheCallerSays(ServerBootstrap bootstrap) {
        options.listenOptions().forEach((option, value) -> bootstrap.option(NettyOptions.any(option), value));
        options.options().forEach((option, value) -> bootstrap.childOption(NettyOptions.any(option), value));
        return bootstrap;
    }

    List<SocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /** Begins to accept. */
    void start() {
        acceptors.forEach(Acceptor::start);
    }

    /** Stops accepting; does not wait. */
    void close() {
        channels.forEach(Channel::close);
    }

    /** Waits until they are closed. */
    void awaitClosed() {
        channels.forEach(channel -> Asyncio.await(channel.closeFuture()));
    }
}
