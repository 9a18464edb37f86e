package dev.skein.net;

import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.internal.PlatformDependent;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * The listening sockets of the transports, each of one family as in asyncio, as far as the transport allows: on all
 * interfaces, an IPv4 socket of io_uring and kqueue takes connections of IPv6 too, and an IPv6 socket of NIO those of IPv4.
 */
final class ServerSockets {
    private ServerSockets() {}

    /** A channel that is to listen on {@code address}. */
    static ServerChannel open(Transport transport, SocketAddress address) {
        boolean six = address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
        SocketProtocolFamily family = six ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        ServerChannel channel = create(transport, family);
        if (six && transport != Transport.NIO) {
            channel.config().setOption(Native.V6_ONLY, 1);
        }
        return channel;
    }

    /** A return for each: where they met in one variable the JVM would load them all, and most programs have only some. */
    private static ServerChannel create(Transport transport, SocketProtocolFamily family) {
        switch (transport) {
            case NIO -> {
                return new NioServerSocketChannel(SelectorProvider.provider(), family);
            }
            case EPOLL -> {
                return new EpollServerSocketChannel(family);
            }
            case IO_URING -> {
                return new IoUringServerSocketChannel();
            }
            case KQUEUE -> {
                return new KQueueServerSocketChannel();
            }
        }
        throw new AssertionError(transport);
    }

    /** On all interfaces, leaves out the family that the socket of the other takes connections of. */
    static void dropWhatAnotherCovers(Set<InetAddress> addresses, Transport transport) {
        if (transport != Transport.EPOLL
                && addresses.stream().filter(InetAddress::isAnyLocalAddress).count() > 1) {
            Class<?> covered = transport == Transport.NIO ? Inet4Address.class : Inet6Address.class;
            addresses.removeIf(address -> address.isAnyLocalAddress() && covered.isInstance(address));
        }
    }

    static ChannelOption<Boolean> reusePort(Transport transport) {
        return transport == Transport.NIO ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT) : Native.REUSE_PORT;
    }

    /** What only the native transports have; loaded only where there is one. */
    private static final class Native {
        static final ChannelOption<Boolean> REUSE_PORT = UnixChannelOption.SO_REUSEPORT;
        static final ChannelOption<Integer> V6_ONLY =
                new IntegerUnixChannelOption("IPV6_V6ONLY", 41, PlatformDependent.isOsx() ? 27 : 26);
    }
}
