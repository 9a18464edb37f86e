package dev.skein.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.net.SocketTimeoutException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The patience of a server's connection of messages. It stands before the codecs, behind TLS, and sees the bytes come and
 * go: a message has begun when bytes have come that made none.
 *
 * <p>Loop only.
 */
final class MessagePatience extends ChannelDuplexHandler implements Patience.Connection {
    // Set once, before the channel is active.
    private @Nullable MessageEndpoint end;
    private @Nullable Patience patience;

    // Loop only.
    private boolean begun;
    private boolean receiveWaits;

    /** One at the place that {@code pipeline} has reached, if the options limit anything; else null. */
    static @Nullable MessagePatience install(ChannelPipeline pipeline, ServerOptions options) {
        if (options.idleTimeout().isEmpty() && options.messageTimeout().isEmpty()) {
            return null;
        }
        MessagePatience limits = new MessagePatience();
        pipeline.addLast(limits);
        return limits;
    }

    /** Limits what {@code endpoint}, the end of the same pipeline, waits for. */
    void guard(MessageEndpoint endpoint, ServerOptions options) {
        end = endpoint;
        patience = new Patience(endpoint.loop(), this, options.idleTimeout(), options.messageTimeout());
        endpoint.inbox().setPatience(this);
    }

    private Patience patience() {
        return Objects.requireNonNull(patience);
    }

    // What Netty tells.

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        patience().bytes();
        begun = true;
        context.fireChannelRead(bytes);
        if (begun && receiveWaits) {
            patience().readWaits(true);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object bytes, ChannelPromise written) {
        patience().bytes();
        context.write(bytes, written);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        patience().stop();
        context.fireChannelInactive();
    }

    // What the inbox tells.

    /** A message is whole; what comes now belongs to the next. */
    void messageCame() {
        begun = false;
        patience().readBegins();
    }

    void receiveWaits() {
        receiveWaits = true;
        patience().readWaits(begun);
    }

    void receiveGoesOn() {
        receiveWaits = false;
        patience().readGoesOn();
    }

    // A peer that is too slow.

    private @Nullable ChannelOutboundBuffer queue() {
        return Objects.requireNonNull(end).channel().unsafe().outboundBuffer();
    }

    @Override
    public boolean hasQueued() {
        ChannelOutboundBuffer queue = queue();
        return queue != null && queue.totalPendingWriteBytes() > 0;
    }

    @Override
    public long queued() {
        ChannelOutboundBuffer queue = queue();
        return queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
    }

    @Override
    public void giveUp(SocketTimeoutException why) {
        Objects.requireNonNull(end).giveUp(why);
    }
}
