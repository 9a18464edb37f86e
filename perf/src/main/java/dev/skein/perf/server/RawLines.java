package dev.skein.perf.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines read and written by one handler, without a codec: as much as a Netty user can do by hand.
 *
 * <p>The same work as the others: each line becomes a string, as the program would look at it, and is encoded again. All
 * answers to what was read at once go into one buffer.
 */
final class RawLines extends ChannelInboundHandlerAdapter {
    /** The start of a line whose end has not come yet. */
    private @Nullable ByteBuf rest;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = joined(context, (ByteBuf) message);
        ByteBuf answers = context.alloc().buffer(bytes.readableBytes());
        for (int length = bytes.bytesBefore((byte) '\n'); length >= 0; length = bytes.bytesBefore((byte) '\n')) {
            String line = bytes.readString(length, StandardCharsets.UTF_8);
            bytes.skipBytes(1);
            ByteBufUtil.writeUtf8(answers, line);
            answers.writeByte('\n');
        }
        keepRest(bytes);
        if (answers.isReadable()) {
            context.write(answers, context.voidPromise());
        } else {
            answers.release();
        }
    }

    private ByteBuf joined(ChannelHandlerContext context, ByteBuf bytes) {
        ByteBuf start = rest;
        if (start == null) {
            return bytes;
        }
        rest = null;
        ByteBuf both = context.alloc().buffer(start.readableBytes() + bytes.readableBytes());
        both.writeBytes(start).writeBytes(bytes);
        start.release();
        bytes.release();
        return both;
    }

    private void keepRest(ByteBuf bytes) {
        if (bytes.isReadable()) {
            rest = bytes;
        } else {
            bytes.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
