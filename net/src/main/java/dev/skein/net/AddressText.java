package dev.skein.net;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Addresses as people write them, for failures and reports: {@code 127.0.0.1:7007}, {@code [::1]:7007}, a path. */
final class AddressText {
    private AddressText() {}

    static String of(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? NetUtil.toSocketAddressString(inet)
                : String.valueOf(address);
    }

    /** The peer of a connection; a Unix client has no address, so it goes by the one that it called. */
    static String ofPeer(SocketAddress remote, SocketAddress local) {
        String text = of(remote);
        return text.isEmpty() ? "client@" + local : text;
    }
}
