package dev.skein.net;

import dev.skein.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One of the two ends of a connection in memory, both on one loop. Either direction has room for {@link #ROOM} bytes. */
final class MemoryChannel extends AbstractChannel implements DuplexChannel {
    private static final int ROOM = 64 * 1024;
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final LocalAddress address = new LocalAddress(MemoryChannel.class);
    private final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>();
    private @Nullable MemoryChannel peer;
    private int arrivedBytes;
    private boolean open = true;
    private boolean wantsMore;
    private boolean peerEnded;
    private boolean inputShutdown;
    private boolean outputShutdown;

    private MemoryChannel() {
        super(null);
    }

    /** The two ends of a connection, with readers of {@code limit}. */
    static Connection[] pair(Loop loop, int limit) throws IOException {
        MemoryChannel one = new MemoryChannel();
        MemoryChannel other = new MemoryChannel();
        one.peer = other;
        other.peer = one;
        return new Connection[] {one.open(loop, limit), other.open(loop, limit)};
    }

    private Connection open(Loop loop, int limit) throws IOException {
        pipeline().addLast(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                StreamEndpoint.install(channel, limit);
            }
        });
        EventLoop group = loop.eventLoop();
        group.register(this);
        return StreamEndpoint.of(this).connection();
    }

    private MemoryChannel peer() {
        return Objects.requireNonNull(peer);
    }

    // Reading.

    @Override
    protected void doBeginRead() {
        wantsMore = true;
        eventLoop().execute(this::deliver);
    }

    private void deliver() {
        ByteBuf bytes = wantsMore ? arrived.poll() : null;
        if (bytes != null) {
            wantsMore = false;
            arrivedBytes -= bytes.readableBytes();
            pipeline().fireChannelRead(bytes);
            pipeline().fireChannelReadComplete();
            peer().unsafe().flush();
        } else if (wantsMore && peerEnded && !inputShutdown) {
            inputShutdown = true;
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    private void arrive(ByteBuf bytes) {
        arrived.add(bytes);
        arrivedBytes += bytes.readableBytes();
        eventLoop().execute(this::deliver);
    }

    private void endOfPeer() {
        peerEnded = true;
        if (open) {
            eventLoop().execute(this::deliver);
        }
    }

    // Writing.

    @Override
    protected void doWrite(ChannelOutboundBuffer queued) throws IOException {
        if (peer().open && peer().arrivedBytes > ROOM / 2) {
            // Else the pieces become ever smaller.
            return;
        }
        for (ByteBuf bytes = (ByteBuf) queued.current(); bytes != null; bytes = (ByteBuf) queued.current()) {
            if (!peer().open) {
                throw new IOException("the other end is closed");
            }
            int count = Math.min(bytes.readableBytes(), ROOM - peer().arrivedBytes);
            if (count == 0 && bytes.isReadable()) {
                return;
            }
            peer().arrive(bytes.copy(bytes.readerIndex(), count));
            queued.removeBytes(count);
        }
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputShutdown = true;
        peer().endOfPeer();
        return promise.setSuccess();
    }

    // Closing.

    @Override
    protected void doClose() {
        open = false;
        arrived.forEach(ByteBuf::release);
        arrived.clear();
        peer().endOfPeer();
        if (peer().open) {
            peer().eventLoop().execute(() -> peer().unsafe().flush());
        }
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    // What a channel has to have.

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public boolean isShutdown() {
        return inputShutdown && outputShutdown;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return address;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return peer().address;
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
