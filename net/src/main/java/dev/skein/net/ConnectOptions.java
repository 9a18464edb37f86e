package dev.skein.net;

import dev.skein.loop.Timeout;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a connection is opened. Immutable; changed by a function: {@code openConnection(host, port, o -> o.withLimit(1024))}.
 *
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks a write waits while more than the high mark is queued, until it is less than the low mark; in bytes
 * @param options options of Netty's for the connection's channel
 * @param happyEyeballsDelay after how long the next address of a host is tried beside the one before;
 *     {@link Timeout#NEVER} for one after the other
 * @param localAddress where the connection comes from; none: where the system decides
 * @param resolvers what looks names up
 * @param tls how it is encrypted; empty if it is not
 */
public record ConnectOptions(
        int limit,
        WriteBufferWaterMark writeMarks,
        Map<ChannelOption<?>, Object> options,
        Duration happyEyeballsDelay,
        Optional<InetSocketAddress> localAddress,
        AddressResolverGroup<InetSocketAddress> resolvers,
        Optional<TlsOptions> tls) {
    /** Refuses a limit below 1 and a delay below zero. */
    public ConnectOptions {
        StreamReader.checkLimit(limit);
        options = Map.copyOf(options);
        tls.ifPresent(TlsOptions::checkForClient);
        if (happyEyeballsDelay.isNegative()) {
            throw new IllegalArgumentException("happyEyeballsDelay < 0: " + DurationText.of(happyEyeballsDelay));
        }
    }

    /**
     * A limit of 64 KiB and one address after the other, as asyncio's; Netty's water marks, 32 and 64 KiB, and its
     * resolver, as {@link Dns#lookUp(String)} describes it.
     */
    public static ConnectOptions defaults() {
        return new ConnectOptions(
                StreamReader.DEFAULT_LIMIT,
                WriteBufferWaterMark.DEFAULT,
                Map.of(),
                Timeout.NEVER,
                Optional.empty(),
                LoopResolvers.INSTANCE,
                Optional.empty());
    }

    /** These options with another limit. */
    public ConnectOptions withLimit(int other) {
        return changed(draft -> draft.limit = other);
    }

    /** These options with other water marks. */
    public ConnectOptions withWriteMarks(int low, int high) {
        return changed(draft -> draft.writeMarks = new WriteBufferWaterMark(low, high));
    }

    /**
     * These options, and {@code option} of Netty's: {@code o -> o.withOption(ChannelOption.SO_KEEPALIVE, true)}. It stands,
     * also where Skein has a value of its own: {@code ALLOW_HALF_CLOSURE}, which is on, and {@code TCP_NODELAY}.
     * {@code AUTO_READ} cannot be given.
     */
    public <T> ConnectOptions withOption(ChannelOption<T> option, T value) {
        return changed(draft -> draft.options = NettyOptions.with(options, option, value));
    }

    /**
     * These options with "happy eyeballs", RFC 8305: the addresses of a host are tried with IPv4 and IPv6 in turns, each next
     * one as soon as the one before has failed, or after {@code delay} beside it; the first that is connected is taken, and
     * the others are closed. The RFC advises 250 ms.
     */
    public ConnectOptions withHappyEyeballsDelay(Duration delay) {
        return changed(draft -> draft.happyEyeballsDelay = delay);
    }

    /**
     * These options with an address for this side, asyncio's {@code local_addr}; a name in it is looked up, and port 0 is any
     * that is free. An address of the peer in the other family, IPv4 or IPv6, is not tried.
     */
    public ConnectOptions withLocalAddress(InetSocketAddress address) {
        return changed(draft -> draft.localAddress = Optional.of(address));
    }

    /** These options with another of Netty's resolvers, as {@link Dns#lookUp(String, AddressResolverGroup)} takes it. */
    public ConnectOptions withResolvers(AddressResolverGroup<InetSocketAddress> other) {
        return changed(draft -> draft.resolvers = other);
    }

    /** These options with TLS, and the trust that the JDK comes with: what a public server needs. */
    public ConnectOptions withTls() {
        return withTls(TlsOptions.of(TlsEngines.DefaultClient.CONTEXT));
    }

    /** These options with TLS. The certificate must be for the host that is connected to. */
    public ConnectOptions withTls(SslContext context) {
        return withTls(TlsOptions.of(context));
    }

    /** These options with TLS, as {@code other} says. */
    public ConnectOptions withTls(TlsOptions other) {
        return changed(draft -> draft.tls = Optional.of(other));
    }

    private ConnectOptions changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** The same, to be changed: so that each component is named once and not in each of the methods above. */
    private static final class Draft {
        private int limit;
        private WriteBufferWaterMark writeMarks;
        private Map<ChannelOption<?>, Object> options;
        private Duration happyEyeballsDelay;
        private Optional<InetSocketAddress> localAddress;
        private AddressResolverGroup<InetSocketAddress> resolvers;
        private Optional<TlsOptions> tls;

        Draft(ConnectOptions from) {
            limit = from.limit;
            writeMarks = from.writeMarks;
            options = from.options;
            happyEyeballsDelay = from.happyEyeballsDelay;
            localAddress = from.localAddress;
            resolvers = from.resolvers;
            tls = from.tls;
        }

        ConnectOptions finished() {
            return new ConnectOptions(limit, writeMarks, options, happyEyeballsDelay, localAddress, resolvers, tls);
        }
    }
}
