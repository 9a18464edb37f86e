package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.TimerHandle;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a server's connection waits for its peer: {@link ServerOptions#withIdleTimeout} and
 * {@link ServerOptions#withMessageTimeout}. Only a connection with a timeout has one.
 *
 * <p>A byte costs a look at the clock, not a timer: each of the two timers, when it fires, looks how long the peer has
 * really kept us waiting, and is set anew for what is left.
 *
 * <p>Loop only.
 */
final class Patience {
    private static final long NOT_BEGUN = Long.MIN_VALUE;

    // Set once.
    private final Loop loop;
    private final Endpoint connection;
    private final Optional<Duration> messageTimeout;

    // Loop only.
    private boolean readWaits;
    private long quietSince;
    private long queuedAtLastLook;
    private long messageSince = NOT_BEGUN;
    private @Nullable TimerHandle idleTimer;
    private @Nullable TimerHandle messageTimer;

    /** That of {@code connection}, whose server has {@code options}. */
    Patience(Endpoint connection, ServerOptions options) {
        this.loop = connection.loop();
        this.connection = connection;
        this.messageTimeout = options.messageTimeout();
        this.quietSince = loop.time();
        options.idleTimeout().ifPresent(limit -> idleTimer = loop.callLater(limit, () -> lookIfIdle(limit)));
    }

    /** Whether {@code options} limit anything. */
    static boolean isLimited(ServerOptions options) {
        return options.idleTimeout().isPresent() || options.messageTimeout().isPresent();
    }

    // What happens.

    /** Bytes have come, or go. */
    void bytes() {
        quietSince = loop.time();
    }

    /** A read begins: what it reads is another message. */
    void readBegins() {
        messageSince = NOT_BEGUN;
    }

    /** A read waits for more; {@code begun} if it has some of its bytes. */
    void readWaits(boolean begun) {
        readWaits = true;
        quietSince = loop.time();
        if (begun && messageSince == NOT_BEGUN) {
            messageSince = quietSince;
        }
        if (messageSince != NOT_BEGUN && messageTimer == null) {
            messageTimeout.ifPresent(this::setMessageTimer);
        }
    }

    void readGoesOn() {
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
            connection.giveUp(new SocketTimeoutException("no byte came or went in " + limit));
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
            connection.giveUp(new SocketTimeoutException("a message did not end within " + limit));
        }
    }
}
