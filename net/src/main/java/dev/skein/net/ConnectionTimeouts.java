package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.TimerHandle;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection waits for its peer: the idle timeout and the message timeout of a server's options. Only a
 * connection that has one of them has this.
 *
 * <p>The end of a stream tells it of the bytes that it reads and writes. For messages it is a handler itself, before the
 * codecs and behind TLS: a message has begun when bytes have come that made none.
 *
 * <p>A byte costs a look at the clock, not a timer: each of the two timers, when it fires, looks how long the peer has
 * really kept this side waiting, and is set anew for what is left.
 *
 * <p>Loop only.
 */
final class ConnectionTimeouts extends ChannelDuplexHandler {
    private static final long NOT_BEGUN = Long.MIN_VALUE;

    // Set once.
    private final Optional<Duration> idleTimeout;
    private final Optional<Duration> messageTimeout;

    @SuppressWarnings("NullAway.Init") // start comes before all else
    private ConnectionEndpoint connection;

    @SuppressWarnings("NullAway.Init")
    private Loop loop;

    // Loop only.
    private boolean readWaits;
    private boolean bytesLeft;
    private long quietSince;
    private long queuedAtLastLook;
    private long messageSince = NOT_BEGUN;
    private @Nullable TimerHandle idleTimer;
    private @Nullable TimerHandle messageTimer;

    ConnectionTimeouts(Optional<Duration> idleTimeout, Optional<Duration> messageTimeout) {
        this.idleTimeout = idleTimeout;
        this.messageTimeout = messageTimeout;
    }

    /** Limits what {@code endpoint} waits for, and {@code input}, where its reads wait. */
    void start(ConnectionEndpoint endpoint, InboundSide input) {
        connection = endpoint;
        loop = endpoint.loop();
        quietSince = loop.time();
        input.setTimeouts(this);
        idleTimeout.ifPresent(limit -> idleTimer = loop.callLater(limit, () -> lookIfIdle(limit)));
    }

    // Netty's events.

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        bytesMoved();
        bytesLeft = true;
        context.fireChannelRead(bytes);
        if (bytesLeft && readWaits) {
            readWaits(true);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object bytes, ChannelPromise written) {
        bytesMoved();
        context.write(bytes, written);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
        context.fireChannelInactive();
    }

    // The connection's events.

    /** Bytes have come, or go. */
    void bytesMoved() {
        quietSince = loop.time();
    }

    /** What comes from now on belongs to another message: one has come, or the read of one begins. */
    void nextMessage() {
        bytesLeft = false;
        messageSince = NOT_BEGUN;
    }

    /** A read waits for more; {@code begun} if it has some of its bytes. */
    void readWaits(boolean begun) {
        readWaits = true;
        quietSince = loop.time();
        if ((begun || bytesLeft) && messageSince == NOT_BEGUN) {
            messageSince = quietSince;
        }
        if (messageSince != NOT_BEGUN && messageTimer == null) {
            messageTimeout.ifPresent(this::setMessageTimer);
        }
    }

    void readResumes() {
        readWaits = false;
    }

    void stop() {
        if (idleTimer != null) {
            idleTimer.cancel();
        }
        if (messageTimer != null) {
            messageTimer.cancel();
        }
    }

    // The timers.

    private void lookIfIdle(Duration limit) {
        long now = loop.time();
        long queued = queued();
        boolean peersTurn = readWaits || hasQueued();
        if (!peersTurn || queued != queuedAtLastLook) {
            quietSince = now;
        }
        queuedAtLastLook = queued;
        long left = limit.toNanos() - (now - quietSince);
        if (left > 0) {
            idleTimer = loop.callLater(Duration.ofNanos(left), () -> lookIfIdle(limit));
        } else {
            connection.abortSlowPeer(
                    new SocketTimeoutException("no byte was received or sent within " + DurationText.of(limit)));
        }
    }

    /** Whether there is anything that the kernel has not taken. */
    private boolean hasQueued() {
        ChannelOutboundBuffer queue = connection.channel().unsafe().outboundBuffer();
        return connection.gathered() > 0 || (queue != null && queue.totalPendingWriteBytes() > 0);
    }

    /** What is queued, in bytes, less what the kernel has taken of the first message: it changes with each that it takes. */
    private long queued() {
        ChannelOutboundBuffer queue = connection.channel().unsafe().outboundBuffer();
        // A message counts in full until it is sent in full.
        long passedOn = queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
        return connection.gathered() + passedOn;
    }

    private void setMessageTimer(Duration limit) {
        messageTimer = loop.callAt(messageSince + limit.toNanos(), () -> lookIfTooLong(limit));
    }

    private void lookIfTooLong(Duration limit) {
        messageTimer = null;
        if (!readWaits || messageSince == NOT_BEGUN) {
            return;
        }
        if (loop.time() - messageSince < limit.toNanos()) {
            setMessageTimer(limit);
        } else {
            connection.abortSlowPeer(
                    new SocketTimeoutException("a message was not complete within " + DurationText.of(limit)));
        }
    }
}
