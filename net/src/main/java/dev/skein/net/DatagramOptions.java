package dev.skein.net;

import io.netty.channel.ChannelOption;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/**
 * How a datagram endpoint is opened. Immutable; changed by a function:
 * {@code openDatagram(o -> o.withLocalAddress(new InetSocketAddress("127.0.0.1", 0)))}. Names in addresses are looked up.
 *
 * @param localAddress where it receives; none: at any port that is free
 * @param remoteAddress the only peer; none: anybody
 * @param broadcast whether it may send to everybody in a network
 * @param reusePort whether other sockets of the same user may have the same port
 * @param queue how many datagrams that nobody has received yet it keeps
 * @param options options of Netty's for its channel
 * @param resolvers what looks names up
 */
public record DatagramOptions(
        Optional<InetSocketAddress> localAddress,
        Optional<InetSocketAddress> remoteAddress,
        boolean broadcast,
        boolean reusePort,
        int queue,
        Map<ChannelOption<?>, Object> options,
        AddressResolverGroup<InetSocketAddress> resolvers) {
    /** Refuses a queue below 1. */
    public DatagramOptions {
        if (queue < 1) {
            throw new IllegalArgumentException("queue < 1: " + queue);
        }
        options = Map.copyOf(options);
    }

    /** Any port, any peer, and a queue of 1,024 datagrams. */
    public static DatagramOptions defaults() {
        return new DatagramOptions(
                Optional.empty(), Optional.empty(), false, false, 1024, Map.of(), LoopResolvers.INSTANCE);
    }

    /** These options with an address for this side: asyncio's {@code local_addr}. */
    public DatagramOptions withLocalAddress(InetSocketAddress address) {
        return new DatagramOptions(
                Optional.of(address), remoteAddress, broadcast, reusePort, queue, options, resolvers);
    }

    /**
     * These options with a peer: asyncio's {@code remote_addr}. The socket is connected to it, so that it hears of nobody
     * else, and is told when nobody listens there; with {@link #withBroadcast} it only is where datagrams go.
     */
    public DatagramOptions withRemoteAddress(InetSocketAddress address) {
        return new DatagramOptions(localAddress, Optional.of(address), broadcast, reusePort, queue, options, resolvers);
    }

    /** These options with leave to send to everybody in a network: asyncio's {@code allow_broadcast}. */
    public DatagramOptions withBroadcast() {
        return new DatagramOptions(localAddress, remoteAddress, true, reusePort, queue, options, resolvers);
    }

    /** These options, for a port that others may share: {@code SO_REUSEPORT}, asyncio's {@code reuse_port}. */
    public DatagramOptions withReusePort() {
        return new DatagramOptions(localAddress, remoteAddress, broadcast, true, queue, options, resolvers);
    }

    /**
     * These options with another bound on what is kept. When so many datagrams wait to be received, the endpoint stops
     * reading; what comes then is kept by the system, and when its buffer ({@code SO_RCVBUF}) is full too, the newest are
     * lost.
     */
    public DatagramOptions withQueue(int most) {
        return new DatagramOptions(localAddress, remoteAddress, broadcast, reusePort, most, options, resolvers);
    }

    /** These options, and {@code option} of Netty's: {@code o -> o.withOption(ChannelOption.SO_RCVBUF, 1 << 20)}. */
    public <T> DatagramOptions withOption(ChannelOption<T> option, T value) {
        return new DatagramOptions(
                localAddress,
                remoteAddress,
                broadcast,
                reusePort,
                queue,
                NettyOptions.with(options, option, value),
                resolvers);
    }

    /** These options with another of Netty's resolvers, as {@link Dns#lookUp(String, AddressResolverGroup)} takes it. */
    public DatagramOptions withResolvers(AddressResolverGroup<InetSocketAddress> other) {
        return new DatagramOptions(localAddress, remoteAddress, broadcast, reusePort, queue, options, other);
    }
}
