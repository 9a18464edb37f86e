package dev.skein.net;

import dev.skein.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.MessageSizeEstimator;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a pipeline whose messages coroutines receive and send, behind the codecs.
 *
 * <p>What a coroutine sends waits in a queue here until the end of the loop's pass; then the loop's own thread writes and
 * flushes it. For a write runs the encoders, and these keep thread-locals of Netty's: 3.2 KB for each coroutine that would
 * run one, for as long as it lives. The queue holds little, see {@link #isFull}; and it is written only as far as the channel is below
 * its high-water mark.
 *
 * <p>Loop only.
 */
final class MessageEndpoint extends ConnectionEndpoint implements ChannelFutureListener {
    /** The pipeline of a channel that is closed has forgotten it, and the reason of its handshake's failure with it. */
    private static final AttributeKey<MessageEndpoint> END = AttributeKey.valueOf(MessageEndpoint.class, "END");

    /** How many messages may wait for the end of the pass. */
    static final int MOST_QUEUED = 64;

    // Set once, before the connection is published.
    private final Inbox inbox;
    private final Messages<?, ?> messages = new Messages<>(this);
    private final ChannelFutureListener written = this::written;
    private final PassQueue<Object> queue;

    // Loop only.
    private int unfinished;

    /** For the end of {@code channel}'s pipeline; see {@link #install}. */
    MessageEndpoint(Channel channel, int limit, @Nullable ConnectionObserver observer) {
        super(Loop.of(channel.eventLoop()), channel, observer);
        loop().checkThread();
        this.inbox = new Inbox(loop(), channel, limit);
        // As long as bytes are not encoded, only some kinds of messages tell their size.
        MessageSizeEstimator.Handle sizes =
                channel.config().getMessageSizeEstimator().newHandle();
        this.queue = new PassQueue<>(this, sizes::size, this::writeQueued);
    }

    /** Puts TLS in front of all that the pipeline will get; {@code port} is that of a client's peer, or -1. */
    void encrypt(TlsOptions options, int port) {
        Tls tls = new Tls(this, options);
        encryptWith(tls);
        channel().pipeline().addFirst(tls.newHandler(port));
    }

    /** Becomes the end of the pipeline, behind its codecs. */
    MessageEndpoint install() {
        channel().pipeline().addLast(this);
        channel().attr(END).set(this);
        channel().closeFuture().addListener(this);
        SslHandler encryption = channel().pipeline().get(SslHandler.class);
        if (encryption != null && encryption.handshakeFuture().isSuccess()) {
            established();
        }
        return this;
    }

    /** The end of a channel that it was installed in. */
    static MessageEndpoint of(Channel channel) {
        return channel.attr(END).get();
    }

    Messages<?, ?> messages() {
        return messages;
    }

    Inbox inbox() {
        return inbox;
    }

    // Netty's events.

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        inbox.feed(message);
    }

    @Override
    void inputShutdown() {
        inbox.feedEof();
    }

    /** What is received ends with {@link #inputShutdown}, and our side when the user closes it. */
    @Override
    void endedByPeer() {}

    /** Makes the codecs hear of the end of TLS. */
    @Override
    void established() {
        ChannelPipeline pipeline = channel().pipeline();
        ChannelHandlerContext encryption = pipeline.context(SslHandler.class);
        if (encryption != null && pipeline.get(TlsInput.class) == null) {
            pipeline.addAfter(encryption.name(), null, new TlsInput(this));
        }
    }

    /** The peer's TCP stream has ended, and its TLS has not; the decoders, which come after this, do not know of it yet. */
    void inputCutOff() {
        if (isCutOff()) {
            inbox.cutOff(truncated());
        }
    }

    /** See {@link #inputCutOff}: {@link TlsInput} hears of it first. */
    @Override
    void endInput() {}

    /**
     * The channel is closed. Netty is about to tell the pipeline; but a codec may swallow the event, or fail in it, and then
     * this handler would never learn that the peer is gone.
     */
    @Override
    public void operationComplete(ChannelFuture closed) {
        EventLoop eventLoop = loop().eventLoop();
        if (!eventLoop.isShuttingDown()) {
            // Netty tells the pipeline by the second task from here at the latest.
            eventLoop.execute(() -> eventLoop.execute(() -> eventLoop.execute(() -> channelInactive(context()))));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel().isWritable()) {
            queue.atPassEnd();
        }
    }

    /** The connection is lost, or a codec has failed and the connection stays open. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (isClosing()) {
            return;
        }
        Tls tls = tls();
        if (tls != null && tls.isHandshaking()) {
            tls.handshakeFailed(cause);
        } else if (cause instanceof IOException io) {
            lost(io);
        } else if (cause instanceof DecoderException && cause.getCause() instanceof SSLException ssl) {
            lost(ssl);
        } else {
            inbox.feedFailure(cause);
        }
    }

    @Override
    void awaitHandshake(TlsOptions options) throws IOException {
        Objects.requireNonNull(tls()).awaitHandshake();
    }

    private void lost(IOException cause) {
        fail(lostBy(cause));
    }

    @Override
    void abortSlowPeer(IOException why) {
        if (!isLost()) {
            lost(why);
        }
        closeNow();
    }

    /** From the front of the pipeline, so that no codec sends an end of its own first. */
    private void closeNow() {
        inPipeline(() -> {
            ChannelHandlerContext first = channel().pipeline().firstContext();
            if (first != null) {
                first.close();
            }
        });
    }

    private void fail(IOException why) {
        setFailure(why);
        inbox.fail(why);
        beginClosing();
        context().close();
    }

    @Override
    void closed() {
        queue.drop(ReferenceCountUtil::release);
        inbox.feedEof();
        if (loop().eventLoop().isShuttingDown()) {
            // No coroutine is left to receive them.
            inbox.close();
        }
    }

    // Sending.

    /** Takes {@code message}, and the reference to it if it has one. */
    void send(Object message) throws IOException {
        try {
            awaitRoom();
        } catch (Throwable notSent) {
            ReferenceCountUtil.release(message);
            throw notSent;
        }
        queue.add(message);
        queue.atPassEnd();
    }

    private boolean isFull() {
        return queue.count() >= MOST_QUEUED || queue.isFull();
    }

    private void awaitRoom() throws IOException {
        requireOpen("send", "sendEof");
        while (isFull()) {
            awaitWake("Messages.send");
            requireOpen("send", "sendEof");
        }
    }

    /** On the loop's own thread. */
    private void writeQueued() {
        queue.passEnds();
        while (!queue.isEmpty() && (channel().isWritable() || isClosing())) {
            write(Objects.requireNonNull(queue.poll()));
        }
        context().flush();
        if (!isFull()) {
            wakeWriters();
        }
        endIfAllIsWritten();
    }

    private void write(Object message) {
        String kind = message.getClass().getName();
        ChannelFuture writing = context().write(message);
        if (!writing.isDone()) {
            unfinished++;
            writing.addListener(written);
        } else if (!writing.isSuccess()) {
            notEncoded(kind, writing.cause());
        }
    }

    /** The peer would miss a message and not know: the connection ends here. */
    private void notEncoded(String kind, Throwable cause) {
        if (!isLost() && !(cause instanceof ClosedChannelException)) {
            fail(new IOException(
                    "cannot send a " + kind + " to " + peer() + ": no encoder of the pipeline accepted it: "
                            + cause.getMessage(),
                    cause));
        }
    }

    private void written(ChannelFuture writing) {
        unfinished--;
        Throwable cause = writing.cause();
        if (cause == null || isClosing()) {
            endIfAllIsWritten();
        } else {
            lost(cause instanceof IOException io ? io : new IOException(cause.toString(), cause));
        }
    }

    void sendEof() throws IOException {
        loop().checkThread();
        if (tls() != null || channel().pipeline().get(SslHandler.class) != null) {
            throw notOverTls("sendEof");
        }
        if (isWriteEnded()) {
            return;
        }
        requireOpen("send", "sendEof");
        endWriting();
        queue.atPassEnd();
    }

    private void endIfAllIsWritten() {
        if (isClosed() || unfinished > 0 || !queue.isEmpty() || queue.isPassEndAwaited()) {
            return;
        }
        Tls tls = tls();
        if (isClosing() && tls != null && !isLost()) {
            tls.sendCloseNotify();
        } else if (isClosing()) {
            context().close();
        } else if (isWriteEnded()) {
            shutdownOutput();
        }
    }

    // Closing.

    @Override
    void closeNotifyFailed(Throwable cause) {
        channel().close();
    }

    @Override
    void close() {
        loop().checkThread();
        Tls tls = tls();
        if (tls != null && tls.isHandshaking()) {
            abort();
        } else if (!isClosing()) {
            beginClosing();
            queue.atPassEnd();
            if (tls != null) {
                tls.beginShutdown();
            }
        }
        inbox.close();
    }

    @Override
    void abort() {
        loop().checkThread();
        inbox.close();
        beginClosing();
        queue.drop(ReferenceCountUtil::release);
        closeNow();
    }

    @Override
    void closing() {
        channel().config().setAutoRead(tls() != null); // TLS is read up to the peer's own end
    }

    @Override
    public String toString() {
        return super.toString() + ", " + inbox + ", " + queue.count() + " unsent";
    }
}
