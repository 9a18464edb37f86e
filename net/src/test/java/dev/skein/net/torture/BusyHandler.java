package dev.skein.net.torture;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Uses what is shared in the middle of a pipeline, and notices if another comes in while one is half-way. */
final class BusyHandler extends ChannelDuplexHandler {
    private final Torture torture;
    private final Random random;
    private @Nullable Thread inside;
    private int depth;

    BusyHandler(Torture torture, Random random) {
        this.torture = torture;
        this.random = random;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        enter("a read");
        try {
            torture.useOne(random);
            ctx.fireChannelRead(message);
        } finally {
            leave();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        enter("a write");
        try {
            torture.useOne(random);
            ctx.write(message, promise);
        } finally {
            leave();
        }
    }

    private void enter(String what) {
        Thread me = Thread.currentThread();
        Thread other = inside;
        if (other != null && other != me) {
            torture.tell(what + " came into a pipeline on " + me + " while " + other + " was half-way in it");
        }
        inside = me;
        depth++;
    }

    private void leave() {
        if (--depth == 0) {
            inside = null;
        }
    }
}
