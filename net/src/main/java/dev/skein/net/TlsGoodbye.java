package dev.skein.net;

import dev.skein.loop.TimerHandle;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of an encrypted connection of messages, as {@link Tls} has it for streams: our close_notify goes behind what is
 * written, and the channel is closed when the peer's end has come too.
 *
 * <p>Loop only.
 */
final class TlsGoodbye {
    // Set once, after the handshake.
    private final MessageEndpoint end;
    private final TlsOptions options;
    private final SslHandler handler;

    // Loop only.
    private @Nullable TimerHandle timer;
    private boolean endSent;
    private boolean endReceived;
    private boolean deaf;

    TlsGoodbye(MessageEndpoint end, TlsOptions options) {
        this.end = end;
        this.options = options;
        this.handler = Objects.requireNonNull(end.channel().pipeline().get(SslHandler.class));
    }

    /** All is written: says so to the peer. */
    void begin() {
        if (timer != null) {
            return;
        }
        timer = end.loop().callLater(options.shutdownTimeout(), this::timedOut);
        handler.closeOutbound().addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess()) {
                endSent = true;
                closeIfEnded();
            } else {
                end.channel().close();
            }
        });
    }

    /** The engine takes no more: as in {@link Tls}, BoringSSL's says so after our own end too, whatever comes. */
    void engineClosed() {
        if (timer != null && handler.engine() instanceof ReferenceCountedOpenSslEngine) {
            deaf = true;
            end.channel().pipeline().replace(handler, null, new Drop());
            closeIfEnded();
        } else {
            inputEnded();
        }
    }

    /** The peer has ended its side of TLS, or its TCP stream. */
    void inputEnded() {
        endReceived = true;
        closeIfEnded();
    }

    private void closeIfEnded() {
        if (endSent && endReceived) {
            end.channel().close();
        } else if (endSent && deaf) {
            // So that two who are deaf do not wait for each other.
            end.shutdownOutput();
        }
    }

    private void timedOut() {
        end.giveUp(Tls.notEnded(endSent, options));
    }

    void channelClosed() {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Keeps from the codecs what nobody decrypts any more. */
    private static final class Drop extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ReferenceCountUtil.release(bytes);
        }
    }
}
