package dev.skein.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.function.Consumer;
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
                throw new IllegalStateException(
                        "the default TLS configuration of this JDK does not work: " + e.getMessage(), e);
            }
        }
    }

    /**
     * A handler that encrypts as {@code options} say, with no timeouts of its own. Where it has yet to find out which context
     * its client wants, it is replaced by another; the one that encrypts is given to {@code made}.
     *
     * @param port of a client's peer, or -1: with the name it is the key under which sessions are kept, to be resumed
     */
    static ChannelInboundHandler newHandler(
            TlsOptions options, ByteBufAllocator alloc, int port, Consumer<SslHandler> made) {
        if (!(options.contexts() instanceof TlsOptions.Always(SslContext context))) {
            return new ByServerName(options, made);
        }
        SslHandler handler = context.isClient() ? client(context, alloc, port, options) : context.newHandler(alloc);
        return untimed(handler, made);
    }

    private static SslHandler untimed(SslHandler handler, Consumer<SslHandler> made) {
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(0);
        made.accept(handler);
        return handler;
    }

    /** Waits for the name that the client asks for, and is replaced by the handler of its context. */
    private static final class ByServerName extends SniHandler {
        private final Consumer<SslHandler> made;
        private @Nullable Future<SslContext> found;

        ByServerName(TlsOptions options, Consumer<SslHandler> made) {
            super(options.contexts(), 0, 0);
            this.made = made;
        }

        /** Netty asks again with each record that comes after one for which there was no context. */
        @Override
        protected Future<SslContext> lookup(ChannelHandlerContext context, @Nullable String name) throws Exception {
            Future<SslContext> mine = found;
            if (mine == null) {
                mine = super.lookup(context, name);
                found = mine;
            }
            return mine;
        }

        @Override
        protected void replaceHandler(
                ChannelHandlerContext context, @Nullable String name, @Nullable SslContext found) {
            if (found == null) {
                throw new IllegalStateException("no SslContext for the server name " + name
                        + ": the mapping given to TlsOptions returned null");
            }
            SslHandler next = untimed(found.newHandler(context.alloc()), made);
            try {
                context.pipeline().replace(this, null, next);
            } catch (Throwable notReplaced) {
                ReferenceCountUtil.release(next.engine());
                throw notReplaced;
            }
        }
    }

    private static SslHandler client(SslContext context, ByteBufAllocator alloc, int port, TlsOptions options) {
        String name = withoutDot(options.serverName().orElse(""));
        SslHandler handler = context.newHandler(alloc, name, port);
        verify(handler.engine(), name, options.hostnameVerification());
        return handler;
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
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
