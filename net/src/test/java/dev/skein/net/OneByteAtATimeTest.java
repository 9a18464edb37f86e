package dev.skein.net;

import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;

/** The byte stream where each byte comes by itself, each in its own turn of the loop. */
class OneByteAtATimeTest extends ByteStreamContract {
    private final Loopback loopback = new Loopback(Transport.preferred());

    @Override
    public int much() {
        return 3_000;
    }

    @Override
    public void talk(Loopback.Conversation talk) {
        loopback.talk(options -> options.withLimit(LIMIT), options -> options.withLimit(LIMIT), (client, peer) -> {
            client.channel().pipeline().addFirst(new Dripper());
            peer.channel().pipeline().addFirst(new Dripper());
            talk.hold(client, peer);
        });
    }

    /** Lets what comes pass in pieces of one byte, one in each turn of the loop, and events in their place among them. */
    private static final class Dripper extends ChannelInboundHandlerAdapter {
        private final ArrayDeque<Runnable> drops = new ArrayDeque<>();

        private void add(ChannelHandlerContext ctx, Runnable drop) {
            drops.add(drop);
            ctx.executor().execute(this::drip);
        }

        private void drip() {
            Runnable drop = drops.poll();
            if (drop != null) {
                drop.run();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            ByteBuf all = (ByteBuf) bytes;
            while (all.isReadable()) {
                ByteBuf one = all.readRetainedSlice(1);
                add(ctx, () -> ctx.fireChannelRead(one));
            }
            all.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            add(ctx, () -> ctx.fireUserEventTriggered(event));
        }

        /** The last event of a channel: Netty takes its handlers out right after it. */
        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            while (!drops.isEmpty()) {
                drip();
            }
            ctx.fireChannelInactive();
        }
    }
}
