package dev.skein.net;

import dev.skein.loop.TimerHandle;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The end of an encrypted connection, asyncio's: our close_notify goes behind what is written, and the channel is closed
 * when the peer's end has come too, its close_notify or the end of its TCP stream without one. It has one timer of the loop
 * in place of Netty's.
 *
 * <p>Loop only.
 */
final class TlsGoodbye {
    // Set once, after the handshake.
    private final Endpoint end;
    private final SslHandler handler;
    private final TlsOptions options;

    // Loop only.
    private @Nullable TimerHandle timer;
    private boolean begun;
    private boolean endSent;
    private boolean endReceived;
    private boolean deaf;

    /** That of {@code end}, which {@code handler} encrypts. */
    TlsGoodbye(Endpoint end, SslHandler handler, TlsOptions options) {
        this.end = end;
        this.handler = handler;
        this.options = options;
    }

    /** Our side is to be closed: from now on the peer may take as long as the options say. */
    void startTimer() {
        if (timer == null) {
            timer = end.loop().callLater(options.shutdownTimeout(), this::timedOut);
        }
    }

    /** All is written: says so to the peer. */
    void begin() {
        if (begun) {
            return;
        }
        begun = true;
        startTimer();
        handler.closeOutbound().addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess()) {
                endSent = true;
                closeIfEnded();
            } else {
                end.goodbyeNotSent(sent.cause());
            }
        });
    }

    /**
     * The engine takes no more: the peer has sent its close_notify. But BoringSSL's also says so after our own, whatever
     * comes first. Then the peer's end is that of its TCP stream; what comes before it is dropped, and not decrypted.
     */
    void engineClosed() {
        if (begun && handler.engine() instanceof ReferenceCountedOpenSslEngine) {
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
        String what = endSent ? "did not answer the end of TLS" : "did not take what was queued";
        end.abortSlowPeer(new IOException("the peer " + what + " within " + options.shutdownTimeout()
                + " of close(), so the connection was aborted; see TlsOptions.withShutdownTimeout"));
    }

    void channelClosed() {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Keeps from those behind it what nobody decrypts any more. */
    private static final class Drop extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ReferenceCountUtil.release(bytes);
        }
    }
}
