package dev.skein.net;

import io.netty.channel.ChannelOption;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/**
 * The options of a datagram endpoint. Immutable; a function changes them. Names in addresses are looked up.
 *
 * {@snippet :
 * InetSocketAddress server = InetSocketAddress.createUnresolved("time.example.org", 37);
 * try (DatagramEndpoint endpoint = openDatagram(o -> o.withRemoteAddress(server).withQueue(16))) {
 *     endpoint.send(new byte[] {0});
 * }
 * }
 *
 * @param localAddress the address to bind to; if empty, any free port
 * @param remoteAddress the only peer; if empty, it receives from and sends to any
 * @param broadcast whether it may send to all hosts of a network
 * @param reusePort whether other sockets of the same user may have the same port
 * @param queue how many datagrams it keeps that were not received yet
 * @param options options of Netty's for its channel
 * @param resolvers the resolvers that look names up
 */
public record DatagramOptions(
        Optional<InetSocketAddress> localAddress,
        Optional<InetSocketAddress> remoteAddress,
        boolean broadcast,
        boolean reusePort,
        int queue,
        Map<ChannelOption<?>, Object> options,
        AddressResolverGroup<InetSocketAddress> resolvers) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the queue is below 1
     */
    public DatagramOptions {
        if (queue < 1) {
            throw new IllegalArgumentException("queue < 1: " + queue);
        }
        options = Map.copyOf(options);
    }

    /** Returns the defaults: any port, any peer, and a queue of 1,024 datagrams. */
    public static DatagramOptions defaults() {
        return new DatagramOptions(
                Optional.empty(), Optional.empty(), false, false, 1024, Map.of(), LoopResolvers.INSTANCE);
    }

    /** Returns these options with an address for this side: asyncio's {@code local_addr}. */
    public DatagramOptions withLocalAddress(InetSocketAddress address) {
        return new DatagramOptions(
                Optional.of(address), remoteAddress, broadcast, reusePort, queue, options, resolvers);
    }

    /**
     * Returns these options with a peer: asyncio's {@code remote_addr}. The socket is connected to it, so it receives
     * from no other, and learns if no socket is bound there. With {@link #withBroadcast} it is only the default target.
     */
    public DatagramOptions withRemoteAddress(InetSocketAddress address) {
        return new DatagramOptions(localAddress, Optional.of(address), broadcast, reusePort, queue, options, resolvers);
    }

    /** Returns these options with permission to send to all hosts of a network: asyncio's {@code allow_broadcast}. */
    public DatagramOptions withBroadcast() {
        return new DatagramOptions(localAddress, remoteAddress, true, reusePort, queue, options, resolvers);
    }

    /**
     * Returns these options for a port that other sockets may share: {@code SO_REUSEPORT}, asyncio's {@code
     * reuse_port}.
     */
    public DatagramOptions withReusePort() {
        return new DatagramOptions(localAddress, remoteAddress, broadcast, true, queue, options, resolvers);
    }

    /**
     * Returns these options with another bound on the datagrams that wait to be received. At the bound the endpoint
     * stops reading. The system keeps what comes then, and when its buffer ({@code SO_RCVBUF}) is full too, the newest
     * are lost.
     */
    public DatagramOptions withQueue(int most) {
        return new DatagramOptions(localAddress, remoteAddress, broadcast, reusePort, most, options, resolvers);
    }

    /**
     * Returns these options and {@code option} of Netty's: {@code o -> o.withOption(ChannelOption.SO_RCVBUF, 1 << 20)}.
     */
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

    /**
     * Returns these options with other resolvers of Netty's, as {@link Dns#lookUp(String, AddressResolverGroup)} takes
     * them.
     */
    public DatagramOptions withResolvers(AddressResolverGroup<InetSocketAddress> other) {
        return new DatagramOptions(localAddress, remoteAddress, broadcast, reusePort, queue, options, other);
    }
}
