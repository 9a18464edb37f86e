package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.Map;

/**
 * Keeps a channel open whose peer has ended its side, as asyncio's streams are. Netty (4.2.18) has an option for that, but
 * its Unix channels on NIO do not know it, and those on io_uring do not heed it. There the end of the stream is hidden from
 * the channel, which asks an object of ours what was read, and the pipeline gets the event that the option promises. On the
 * loop's thread.
 */
final class HalfClosure {
    private HalfClosure() {}

    /** To be called while {@code channel} is made, with the caller's options, which may turn this off. */
    static void allow(Channel channel, Map<ChannelOption<?>, Object> options) {
        if (Boolean.FALSE.equals(options.get(ChannelOption.ALLOW_HALF_CLOSURE))) {
            return;
        }
        boolean known = channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        boolean heeded =
                channel instanceof SocketChannel || Loop.of(channel.eventLoop()).transport() != Transport.IO_URING;
        if (!known || !heeded) {
            RecvByteBufAllocator allocator = channel.config().getRecvByteBufAllocator();
            channel.config().setRecvByteBufAllocator(() -> new EndOfInput(allocator.newHandle(), channel));
        }
    }

    /** What one channel reads. */
    @SuppressWarnings("deprecation") // Netty's own channels still go by it
    private static final class EndOfInput extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {
        private final Channel channel;
        private boolean ended;

        EndOfInput(RecvByteBufAllocator.Handle handle, Channel channel) {
            super(handle);
            this.channel = channel;
        }

        @Override
        public void lastBytesRead(int bytes) {
            ended |= bytes < 0;
            super.lastBytesRead(Math.max(bytes, 0));
        }

        @Override
        public void readComplete() {
            super.readComplete();
            if (ended) {
                ended = false;
                ((DuplexChannel) channel).shutdownInput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
                channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((RecvByteBufAllocator.ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}
