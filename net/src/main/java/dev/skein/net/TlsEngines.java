package dev.skein.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Makes Netty's handlers as {@link TlsOptions} say. */
final class TlsEngines {
    private TlsEngines() {}

    /** Made when it is first asked for, since it reads the JDK's list of certificate authorities. */
    static final class DefaultClient {
        static final SslContext CONTEXT = create();

        private DefaultClient() {}

        private static SslContext create() {
            try {
                return SslContextBuilder.forClient().build();
            } catch (SSLException e) {
                throw new IllegalStateException("this JDK has no TLS that works with its defaults", e);
            }
        }
    }

    /** What a mapping has {@code found} for the name that a client asks for; it must have something. */
    static SslContext found(@Nullable SslContext found, @Nullable String name) {
        if (found == null) {
            throw new IllegalStateException("the mapping given to TlsOptions has no SslContext for the name " + name);
        }
        return found;
    }

    /** A handler for the side of {@code stream} that {@code context} is for, with no timeouts of its own. */
    static SslHandler newHandler(SslContext context, StreamHandler stream, TlsOptions options) {
        SslHandler handler = newHandler(context, stream.channel().alloc(), port(stream), options);
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(0);
        return handler;
    }

    /** A handler for the side that {@code context} is for, with Netty's timeouts; {@code port} is the peer's, or -1. */
    static SslHandler newHandler(SslContext context, ByteBufAllocator alloc, int port, TlsOptions options) {
        if (!context.isClient()) {
            return context.newHandler(alloc);
        }
        String name = withoutDot(options.serverName().orElse(""));
        SslHandler handler = context.newHandler(alloc, name, port);
        verify(handler.engine(), name, options.hostnameVerification());
        return handler;
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** With the name it is the key under which sessions are kept, to be resumed. */
    private static int port(StreamHandler stream) {
        return stream.remoteAddress() instanceof InetSocketAddress address ? address.getPort() : -1;
    }

    /** On unless it was turned off here, whatever the context says: with a context of the JDK's it would be off. */
    private static void verify(SSLEngine engine, String name, boolean hostname) {
        SSLParameters parameters = engine.getSSLParameters();
        String algorithm = parameters.getEndpointIdentificationAlgorithm();
        if (!hostname) {
            parameters.setEndpointIdentificationAlgorithm("");
        } else if (algorithm == null || algorithm.isEmpty()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        List<SNIServerName> names = parameters.getServerNames();
        if (names == null || names.isEmpty()) {
            // The engines do not ask for a name without a dot, such as localhost, by themselves.
            SNIHostName asked = hostName(name);
            if (asked != null) {
                parameters.setServerNames(List.of(asked));
            }
        }
        engine.setSSLParameters(parameters);
    }

    private static @Nullable SNIHostName hostName(String name) {
        if (name.isEmpty() || NetUtil.createByteArrayFromIpAddressString(name) != null) {
            return null;
        }
        try {
            return new SNIHostName(name);
        } catch (IllegalArgumentException notOneOfDns) {
            return null;
        }
    }
}
