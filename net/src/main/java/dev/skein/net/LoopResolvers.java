package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/**
 * Netty's resolver of names, one for each loop: made with its first lookup, forgotten with the loop, and with a cache of its
 * own, so that nothing is shared between loops. Any thread.
 */
final class LoopResolvers extends AddressResolverGroup<InetSocketAddress> {
    /** How long a name server has for its answer. */
    static final int QUERY_MILLIS = 2_500;

    /** The resolvers with the system's configuration. */
    static final LoopResolvers INSTANCE = new LoopResolvers(builder -> builder);

    private final UnaryOperator<DnsNameResolverBuilder> configuration;

    LoopResolvers(UnaryOperator<DnsNameResolverBuilder> configuration) {
        this.configuration = configuration;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        EventLoop eventLoop = (EventLoop) executor;
        Transport transport = Loop.of(eventLoop).transport();
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(eventLoop)
                .datagramChannelType(transport.datagramChannel())
                // For an answer that does not fit into a datagram.
                .socketChannelType(transport.socketChannel())
                .queryTimeoutMillis(QUERY_MILLIS)
                // A socket for each lookup: one for all lingers, and on io_uring even outlives its loop.
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                // Both families, as getaddrinfo: the connector tries one after the other.
                .completeOncePreferredResolved(false);
        return configuration.apply(builder).build().asAddressResolver();
    }
}
