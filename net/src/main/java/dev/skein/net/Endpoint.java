package dev.skein.net;

import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The last handler in the pipeline of a server's connection, as the server sees it. Loop only. */
interface Endpoint {
    Channel channel();

    /** The peer's address as people write it. */
    String peer();

    /** Closes when what is queued has been sent; does not wait. */
    void close();

    /** Closes at once. */
    void abort();

    /** {@code address} as people write it. */
    static String text(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? NetUtil.toSocketAddressString(inet)
                : String.valueOf(address);
    }
}
