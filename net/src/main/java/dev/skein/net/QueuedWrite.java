package dev.skein.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/** A write of Netty's that waits for the loop's own thread. It owns {@code message}. */
record QueuedWrite(Object message, long size, ChannelPromise written) {
    static QueuedWrite of(Object message, ChannelPromise written) {
        return new QueuedWrite(message, message instanceof ByteBuf bytes ? bytes.readableBytes() : 0, written);
    }

    /** It is not written any more. */
    void drop() {
        ReferenceCountUtil.release(message);
        if (!written.isVoid()) {
            written.tryFailure(new ClosedChannelException());
        }
    }
}
