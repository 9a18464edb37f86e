package dev.skein.net;

import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The encryption of messages: Netty's {@link SslHandler} in front of the codecs from the beginning on, with its own timers.
 * Streams have {@link Tls}, since they can begin later.
 */
final class MessageTls {
    private MessageTls() {}

    /** {@code options} for a client of {@code address}: it expects the certificate of that host, unless they say which. */
    static TlsOptions forClient(TlsOptions options, SocketAddress address) {
        return options.serverName().isEmpty() && address instanceof InetSocketAddress inet
                ? options.withServerName(inet.getHostString())
                : options;
    }

    /** Puts it in front of what the pipeline will get; {@code port} is that of a client's peer, or -1. */
    static void install(Channel channel, TlsOptions options, int port) {
        channel.pipeline().addFirst(newHandler(channel, options, port));
    }

    private static ChannelHandler newHandler(Channel channel, TlsOptions options, int port) {
        if (!(options.contexts() instanceof TlsOptions.Always(SslContext context))) {
            return new SniHandler(options.contexts());
        }
        SslHandler handler = TlsEngines.newHandler(context, channel.alloc(), port, options);
        handler.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
        handler.setCloseNotifyFlushTimeoutMillis(options.shutdownTimeout().toMillis());
        return handler;
    }

    /** Waits for the handshake of a connection that a server has accepted; as {@link Tls#accepted}. */
    static boolean accepted(MessageEndpoint endpoint, TlsOptions options) {
        try {
            endpoint.awaitHandshake(options);
            return true;
        } catch (IOException failed) {
            Loop loop = Loop.current();
            if (loop.isDebug()) {
                loop.callExceptionHandler(
                        ErrorContext.of("an incoming connection was closed before its handler was called")
                                .withException(failed)
                                .withChannel(endpoint.channel()));
            }
            return false;
        }
    }
}
