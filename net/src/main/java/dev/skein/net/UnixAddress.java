package dev.skein.net;

import dev.skein.loop.Transport;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of Unix sockets: the JDK's towards users, Netty's own in the channels of its native transports. Where a native
 * transport is not on the class path its class is missing, so that nothing here may touch it for any other address.
 */
final class UnixAddress {
    /** What a socket has that was never bound, as a client's. */
    private static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    private UnixAddress() {}

    /** Whether {@code address} is a Unix socket's, the JDK's or Netty's. */
    static boolean isUnix(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress
                || address.getClass().getName().equals("io.netty.channel.unix.DomainSocketAddress");
    }

    /** {@code address} as the channels of {@code transport} take it. */
    static SocketAddress forChannel(SocketAddress address, Transport transport) {
        return transport != Transport.NIO && address instanceof UnixDomainSocketAddress unix
                ? Native.of(unix)
                : address;
    }

    /** {@code address} of a channel as users see it: a path is the JDK's, a name without a file stays Netty's. */
    static SocketAddress forUser(@Nullable SocketAddress address) {
        if (address == null) {
            return UNNAMED;
        }
        return address instanceof InetSocketAddress || !isUnix(address) || address instanceof UnixDomainSocketAddress
                ? address
                : Native.toJdk(address);
    }

    /** Loaded with the first address of a native transport. */
    private static final class Native {
        static SocketAddress of(UnixDomainSocketAddress unix) {
            return new DomainSocketAddress(unix.getPath().toString());
        }

        static SocketAddress toJdk(SocketAddress address) {
            String path = ((DomainSocketAddress) address).path();
            return path.startsWith("\0") ? address : UnixDomainSocketAddress.of(path);
        }
    }
}
