package dev.skein.net;

import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** The byte stream where each byte comes by itself, each in its own turn of the loop. */
class OneByteAtATimeTest extends ByteStreamContract {
    private final Loopback loopback = new Loopback(Transport.preferred());

    @Override
    void talk(Loopback.Conversation talk) {
        loopback.talk(options -> options.withLimit(LIMIT), options -> options.withLimit(LIMIT), (client, peer) -> {
            client.channel().pipeline().addFirst(new Dripper());
            peer.channel().pipeline().addFirst(new Dripper());
            talk.hold(client, peer);
        });
    }

    /** Lets what comes pass in pieces of one byte, and all else behind them. */
    private static final class Dripper extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            ByteBuf all = (ByteBuf) bytes;
            while (all.isReadable()) {
                ByteBuf one = all.readRetainedSlice(1);
                ctx.executor().execute(() -> ctx.fireChannelRead(one));
            }
            all.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            ctx.executor().execute(() -> ctx.fireUserEventTriggered(event));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ctx.executor().execute(ctx::fireChannelInactive);
        }
    }
}
