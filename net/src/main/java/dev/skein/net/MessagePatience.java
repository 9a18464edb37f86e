package dev.skein.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The patience of a server's connection of messages. It stands before the codecs, behind TLS, and sees the bytes come and
 * go: a message has begun when bytes have come that made none.
 *
 * <p>Loop only.
 */
final class MessagePatience extends ChannelDuplexHandler {
    // Set once, before the channel is active.
    private @Nullable Patience patience;

    // Loop only.
    private boolean begun;
    private boolean receiveWaits;

    /** One at the place that {@code pipeline} has reached, if the options limit anything; else null. */
    static @Nullable MessagePatience install(ChannelPipeline pipeline, ServerOptions options) {
        if (!Patience.isLimited(options)) {
            return null;
        }
        MessagePatience limits = new MessagePatience();
        pipeline.addLast(limits);
        return limits;
    }

    /** Limits what {@code endpoint}, the end of the same pipeline, waits for. */
    void guard(MessageEndpoint endpoint, ServerOptions options) {
        patience = new Patience(endpoint, options);
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
}
