package dev.skein.net.http;

import dev.skein.loop.Future;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import java.io.IOException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers the pings of a WebSocket and knows its own, in front of the end of its pipeline. Loop only. */
final class WebSocketPings extends ChannelInboundHandlerAdapter {
    private final TreeMap<Long, Future<@Nullable Void>> pings = new TreeMap<>();
    private long lastPing;

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        switch (frame) {
            case PingWebSocketFrame ping -> context.writeAndFlush(new PongWebSocketFrame(ping.content()));
            case PongWebSocketFrame pong -> pongReceived(pong);
            default -> context.fireChannelRead(frame);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        for (Future<@Nullable Void> pong : pings.values()) {
            if (!pong.isDone()) {
                pong.setException(new IOException("connection ended before the pong came"));
            }
        }
        pings.clear();
        context.fireChannelInactive();
    }

    /** What the ping is to carry whose pong ends {@code pong}. */
    ByteBuf expectPong(Future<@Nullable Void> pong) {
        pings.put(++lastPing, pong);
        return Unpooled.copyLong(lastPing);
    }

    /** A pong answers the pings before its own too. */
    private void pongReceived(PongWebSocketFrame pong) {
        long number = pong.content().readableBytes() == Long.BYTES
                ? pong.content().getLong(pong.content().readerIndex())
                : 0;
        pong.release();
        if (pings.containsKey(number)) {
            for (long earlier = pings.firstKey(); earlier <= number; earlier++) {
                Future<@Nullable Void> answered = pings.remove(earlier);
                if (answered != null && !answered.isDone()) {
                    answered.setResult(null);
                }
            }
        }
    }
}
