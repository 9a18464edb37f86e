package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP channel of one of Netty's transports, and what differs between them: what an option is called, how an empty datagram
 * is sent, which Netty drops, and how the system reports that a port is unreachable. Loop only.
 */
final class DatagramSocketChannel {
    /** The largest datagram, so that none is cut off. */
    private static final int LARGEST = 65_536;

    private final DatagramChannel channel;

    /** What the channel is made of, on NIO. */
    private final java.nio.channels.@Nullable DatagramChannel nio;

    private DatagramSocketChannel(DatagramChannel channel, java.nio.channels.@Nullable DatagramChannel nio) {
        this.channel = channel;
        this.nio = nio;
    }

    /** Opens one; for {@code address}'s family, or for both. */
    static DatagramSocketChannel open(Transport transport, @Nullable InetAddress address) throws IOException {
        if (transport != Transport.NIO) {
            return new DatagramSocketChannel(Native.open(transport, address), null);
        }
        java.nio.channels.DatagramChannel nio = address == null
                ? java.nio.channels.DatagramChannel.open()
                : java.nio.channels.DatagramChannel.open(family(address));
        return new DatagramSocketChannel(new NioDatagramChannel(nio), nio);
    }

    private static ProtocolFamily family(InetAddress address) {
        return address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    DatagramChannel channel() {
        return channel;
    }

    /** What makes it a channel of {@code loop}, with {@code options}. */
    Bootstrap bootstrap(Loop loop, DatagramOptions options) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(() -> channel)
                .option(ChannelOption.SO_BROADCAST, options.broadcast())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST));
        if (nio == null) {
            Native.setOptions(bootstrap, loop.transport(), options.reusePort());
        } else if (options.reusePort()) {
            bootstrap.option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        }
        options.options().forEach((option, value) -> bootstrap.option(NettyOptions.any(option), value));
        return bootstrap;
    }

    /** Sends a datagram without data, past Netty's queue, to {@code target} or to the peer that it is connected to. */
    void sendEmpty(@Nullable InetSocketAddress target) throws IOException {
        if (nio == null) {
            Native.sendEmpty(channel, target);
        } else if (target == null) {
            throw new UnsupportedOperationException("the JDK cannot send an empty datagram on a connected socket:"
                    + " use one of Netty's native transports, or open the endpoint without a remote address");
        } else {
            nio.send(ByteBuffer.allocate(0), target);
        }
    }

    /** Waits until the closed channel's port is free. The JDK's selector holds it until it has looked once more. */
    void awaitReleased() {
        Asyncio.await(channel.closeFuture());
        while (nio != null && nio.isRegistered()) {
            Asyncio.yieldNow();
        }
    }

    /** Whether {@code failure} is the answer to an earlier datagram that no socket is bound where it was sent. */
    boolean isUnreachable(Throwable failure) {
        return failure instanceof PortUnreachableException || (nio == null && Native.isRefused(failure));
    }

    /** Loaded with the first channel of a native transport. */
    private static final class Native {
        static DatagramChannel open(Transport transport, @Nullable InetAddress address) {
            SocketProtocolFamily family = address == null
                    ? null
                    : address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
            // A return for each: where they met in one variable the JVM would load them all, and most have only some.
            switch (transport) {
                case NIO -> throw new IllegalArgumentException("not native: " + transport);
                case EPOLL -> {
                    return new EpollDatagramChannel(family);
                }
                case IO_URING -> {
                    return new IoUringDatagramChannel(family);
                }
                case KQUEUE -> {
                    return new KQueueDatagramChannel(family);
                }
            }
            throw new AssertionError(transport);
        }

        static void setOptions(Bootstrap bootstrap, Transport transport, boolean reusePort) {
            if (reusePort) {
                bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
            }
            if (transport == Transport.EPOLL) {
                // Room for two, and so it asks for several at once; asking for one, it would drop an empty one.
                bootstrap
                        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2 * LARGEST));
            }
        }

        static void sendEmpty(DatagramChannel channel, @Nullable InetSocketAddress target) throws IOException {
            Socket socket = (Socket) ((UnixChannel) channel).fd();
            ByteBuffer nothing = ByteBuffer.allocateDirect(0);
            if (target == null) {
                socket.send(nothing, 0, 0);
            } else {
                socket.sendTo(nothing, 0, 0, target.getAddress(), target.getPort());
            }
        }

        static boolean isRefused(Throwable failure) {
            return failure instanceof Errors.NativeIoException errno
                    && errno.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE;
        }
    }
}
