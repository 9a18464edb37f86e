package dev.skein.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * The end of what a peer sends over TLS, as an event for the codecs in front of which it stands, right behind Netty's
 * {@link io.netty.handler.ssl.SslHandler}. A close_notify is an end, though the TCP stream is open: they give what they still
 * have. The end of the TCP stream without one is none: what is received fails before they can make something of what was cut
 * off, as an HTTP body without a length that seems to be whole.
 *
 * <p>Loop only.
 */
final class TlsInput extends ChannelInboundHandlerAdapter {
    private final MessageEndpoint end;
    private boolean ended;

    TlsInput(MessageEndpoint end) {
        this.end = end;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
            ended = true;
            // After our own close nothing waits for more; and BoringSSL reports it then whatever the peer does.
            boolean wanted = !end.isClosing();
            context.fireUserEventTriggered(event);
            if (wanted) {
                context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
            return;
        }
        if (event == ChannelInputShutdownEvent.INSTANCE || event == ChannelInputShutdownReadComplete.INSTANCE) {
            streamEnded();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        streamEnded();
        context.fireChannelInactive();
    }

    private void streamEnded() {
        if (!ended) {
            ended = true;
            end.inputCutOff();
        }
    }
}
