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
 * The options of a connection that is opened. Immutable; a function changes them:
 *
 * {@snippet :
 * try (Connection connection = openConnection("example.org", 443, o -> o.withTls().withLimit(16 * 1024))) {
 *     connection.writer().writeLine("hello");
 * }
 * }
 *
 * @param limit the longest line that is read, in bytes; reading from the network pauses above twice as much
 * @param writeMarks the water marks in bytes: a write waits while more than the high mark is queued, until less than
 *     the low mark is
 * @param options options of Netty's for the connection's channel
 * @param happyEyeballsDelay the time after which the next address of a host is tried beside the one before; {@link
 *     Timeout#NEVER} for one after the other
 * @param localAddress the address to connect from; if empty, the system chooses
 * @param resolvers the resolvers that look names up
 * @param tls how the connection is encrypted; empty if it is not
 */
public record ConnectOptions(
        int limit,
        WriteBufferWaterMark writeMarks,
        Map<ChannelOption<?>, Object> options,
        Duration happyEyeballsDelay,
        Optional<InetSocketAddress> localAddress,
        AddressResolverGroup<InetSocketAddress> resolvers,
        Optional<TlsOptions> tls) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the limit is below 1, the delay below zero, or the {@code SslContext} a
     *     server's
     */
    public ConnectOptions {
        StreamReader.checkLimit(limit);
        options = Map.copyOf(options);
        tls.ifPresent(TlsOptions::checkForClient);
        if (happyEyeballsDelay.isNegative()) {
            throw new IllegalArgumentException("happyEyeballsDelay < 0: " + DurationText.of(happyEyeballsDelay));
        }
    }

    /**
     * Returns the defaults: a limit of 64 KiB and one address after the other, as asyncio has; Netty's water marks, 32
     * and 64 KiB, and its resolver, as {@link Dns#lookUp(String)} describes it; no TLS.
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

    /** Returns these options with another limit, in bytes. */
    public ConnectOptions withLimit(int other) {
        return changed(draft -> draft.limit = other);
    }

    /** Returns these options with other water marks, in bytes. */
    public ConnectOptions withWriteMarks(int low, int high) {
        return changed(draft -> draft.writeMarks = new WriteBufferWaterMark(low, high));
    }

    /**
     * Returns these options and {@code option} of Netty's: {@code o -> o.withOption(ChannelOption.SO_KEEPALIVE, true)}.
     * It overrides Skein's own values, which are true for {@code ALLOW_HALF_CLOSURE} and {@code TCP_NODELAY}. {@code
     * AUTO_READ} is reserved, and refused when the connection is opened.
     */
    public <T> ConnectOptions withOption(ChannelOption<T> option, T value) {
        return changed(draft -> draft.options = NettyOptions.with(options, option, value));
    }

    /**
     * Returns these options with "happy eyeballs", RFC 8305. The addresses of a host are tried with IPv4 and IPv6 in
     * turn. The next one is tried as soon as the one before has failed, or beside it after {@code delay}. The first
     * that connects is used, and the others are closed. The RFC advises 250 ms.
     */
    public ConnectOptions withHappyEyeballsDelay(Duration delay) {
        return changed(draft -> draft.happyEyeballsDelay = delay);
    }

    /**
     * Returns these options with the address of this side, asyncio's {@code local_addr}. A name in it is looked up, and
     * port 0 is any free port. Addresses of the peer in the other family, IPv4 or IPv6, are not tried.
     */
    public ConnectOptions withLocalAddress(InetSocketAddress address) {
        return changed(draft -> draft.localAddress = Optional.of(address));
    }

    /**
     * Returns these options with other resolvers of Netty's, as {@link Dns#lookUp(String, AddressResolverGroup)} takes
     * them.
     */
    public ConnectOptions withResolvers(AddressResolverGroup<InetSocketAddress> other) {
        return changed(draft -> draft.resolvers = other);
    }

    /** Returns these options with TLS and the trusted authorities of the JDK, which is what a public server needs. */
    public ConnectOptions withTls() {
        return withTls(TlsOptions.of(TlsEngines.DefaultClient.CONTEXT));
    }

    /** Returns these options with TLS. The peer's certificate must be for the host that is connected to. */
    public ConnectOptions withTls(SslContext context) {
        return withTls(TlsOptions.of(context));
    }

    /** Returns these options with TLS as {@code other} says. */
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
