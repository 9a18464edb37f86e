package dev.skein.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of messages: Netty's {@link SslHandler} in front of the codecs from the beginning on, with its own timer of
 * the handshake; {@link TlsGoodbye} is its end. Streams have {@link Tls}, since they can begin later.
 */
final class MessageTls {
    private MessageTls() {}

    /** Puts it in front of what the pipeline will get; {@code port} is that of a client's peer, or -1. */
    static void install(Channel channel, TlsOptions options, int port) {
        channel.pipeline().addFirst(newHandler(channel, options, port));
    }

    private static ChannelHandler newHandler(Channel channel, TlsOptions options, int port) {
        return options.contexts() instanceof TlsOptions.Always(SslContext context)
                ? timed(TlsEngines.newHandler(context, channel.alloc(), port, options), options)
                : new ByServerName(options);
    }

    /** With our times in place of Netty's. */
    private static SslHandler timed(SslHandler handler, TlsOptions options) {
        handler.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
        handler.setCloseNotifyFlushTimeoutMillis(options.shutdownTimeout().toMillis());
        return handler;
    }

    /** Waits for the name that the client asks for, and is replaced by the handler of its context. */
    private static final class ByServerName extends SniHandler {
        private final TlsOptions options;

        ByServerName(TlsOptions options) {
            super(options.contexts(), 0, options.handshakeTimeout().toMillis());
            this.options = options;
        }

        @Override
        protected void replaceHandler(ChannelHandlerContext context, @Nullable String name, @Nullable SslContext found)
                throws Exception {
            super.replaceHandler(context, name, TlsEngines.found(found, name));
        }

        @Override
        protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
            return timed(super.newSslHandler(context, allocator), options);
        }
    }

    /** Whether the first handler of {@code channel} has yet to find out how to encrypt, or is about to agree on it. */
    static boolean isFirstOf(Channel channel) {
        ChannelHandler first = channel.pipeline().first();
        return first instanceof SslHandler || first instanceof SniHandler;
    }
}
