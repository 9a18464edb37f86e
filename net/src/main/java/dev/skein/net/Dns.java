package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import io.netty.channel.ChannelException;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks host names up: asyncio's {@code getaddrinfo}.
 *
 * {@snippet :
 * for (var address : Dns.lookUp("example.org")) {
 *     IO.println(address.getHostAddress());
 * }
 * }
 *
 * <p>Netty's resolver does it, on the loop and without blocking it. It looks in the system's file of hosts, in a cache,
 * and asks the name servers that the system is configured for, with its search domains. An answer is cached for as long
 * as the name server says. A server that does not answer within 2.5 s is passed over for the next one, and all are
 * asked once more.
 *
 * <p>Loop only.
 */
public final class Dns {
    /** A datagram may be lost, so a name server is asked again, as the system's own resolver does. */
    private static final int TRIES = 2;

    private Dns() {}

    /**
     * Looks {@code host} up. Suspends until there is an answer, which has at least one address. IPv4 comes first,
     * unless the JDK's {@code java.net.preferIPv6Addresses} says otherwise. An address is returned as it is, and so is
     * the loopback address for {@code localhost}, if the file of hosts does not have it.
     *
     * @throws UnknownHostException if the host has no address or cannot be a name, or if no name server answers
     * @throws IllegalArgumentException if {@code host} is empty
     */
    @Suspends
    public static List<InetAddress> lookUp(String host) throws UnknownHostException {
        return lookUp(host, LoopResolvers.INSTANCE);
    }

    /**
     * Looks {@code host} up with other resolvers of Netty's. {@link DefaultAddressResolverGroup} is the JDK's and so
     * the system's own, with all that {@code nsswitch.conf} says; since that one blocks, it runs on another thread.
     *
     * @throws UnknownHostException if the host has no address or cannot be a name, or if no name server answers
     * @throws IllegalArgumentException if {@code host} is empty
     */
    @Suspends
    public static List<InetAddress> lookUp(String host, AddressResolverGroup<InetSocketAddress> resolvers)
            throws UnknownHostException {
        if (host.isEmpty()) {
            throw new IllegalArgumentException(
                    "host is empty: give a name or an address; to listen on all interfaces, use 0.0.0.0 or ::");
        }
        InetAddress literal = literal(host);
        if (literal != null) {
            return List.of(literal);
        }
        if (isOrEndsIn(host, "invalid")) {
            throw unknown(host, new UnknownHostException("names under .invalid never resolve (RFC 6761)"));
        }
        if (resolvers instanceof LoopResolvers && isOrEndsIn(host, "localhost") && !isInHostsFile(host)) {
            return List.of(NetUtil.LOCALHOST4, NetUtil.LOCALHOST6);
        }
        try {
            return resolvers == DefaultAddressResolverGroup.INSTANCE
                    ? Asyncio.toThread(() -> List.of(InetAddress.getAllByName(host)))
                    : resolve(host, resolvers, TRIES);
        } catch (UnknownHostException e) {
            throw unknown(host, e);
        } catch (UncheckedIOException e) {
            throw unknown(host, Objects.requireNonNull(e.getCause()));
        } catch (IllegalArgumentException e) {
            // The JDK's IDN says that it is none: it has an empty label, for instance.
            throw unknown(host, new IOException(e.getMessage(), e));
        }
    }

    /** The address that {@code text} is. One that has a zone is the JDK's to read; a name has no colon. */
    private static @Nullable InetAddress literal(String text) throws UnknownHostException {
        if (text.indexOf(':') < 0) {
            return NetUtil.createInetAddressFromIpAddressString(text);
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw unknown(text, new UnknownHostException("not an IPv6 address, and a host name has no colon"));
        }
    }

    private static List<InetAddress> resolve(
            String host, AddressResolverGroup<InetSocketAddress> resolvers, int tries) {
        var resolver = resolvers.getResolver(Loop.current().eventLoop());
        try {
            List<InetSocketAddress> found =
                    Asyncio.await(resolver.resolveAll(InetSocketAddress.createUnresolved(host, 0)));
            if (found.isEmpty()) {
                throw new UncheckedIOException(new UnknownHostException("the resolver returned no address"));
            }
            return found.stream().map(InetSocketAddress::getAddress).distinct().toList();
        } catch (UncheckedIOException e) {
            if (isTimeout(e) && tries > 1) {
                return resolve(host, resolvers, tries - 1);
            }
            throw e;
        }
    }

    /** Whether it is one of the names of RFC 6761, which no name server is to be asked about. */
    private static boolean isOrEndsIn(String host, String domain) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals(domain) || name.endsWith("." + domain);
    }

    private static boolean isInHostsFile(String host) {
        return HostsFileEntriesResolver.DEFAULT.address(host, ResolvedAddressTypes.IPV4_PREFERRED) != null;
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DnsNameResolverTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** What there is no channel to ask with for, if that is it; Netty's own text does not say. */
    private static Throwable whyNotAsked(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ChannelException) {
                return cause;
            }
        }
        return failure;
    }

    private static UnknownHostException unknown(String host, IOException why) {
        String reason = isTimeout(why)
                ? "no name server answered: check /etc/resolv.conf, or use an address"
                : ChannelFailure.reason(whyNotAsked(why));
        UnknownHostException unknown = new UnknownHostException("cannot resolve " + host + ": " + reason);
        unknown.initCause(why);
        return unknown;
    }
}
