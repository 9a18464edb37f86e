package dev.skein.net;

import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * The handler of the listening channels of a server on one loop: it decides when they accept. They pause for as long as
 * there is any reason to, while connections wait in the system's backlog.
 *
 * <p>It stands in front of Netty's own acceptor, which registers what is let through.
 *
 * <p>Loop only, but for {@link #start}.
 */
@ChannelHandler.Sharable // by the channels of one loop
final class Acceptor extends ChannelInboundHandlerAdapter {
    /** How long it waits when the system has no descriptor or memory for another connection: asyncio's second. */
    static final Duration REST = Duration.ofSeconds(1);

    /** Why it does not accept. */
    private enum Pause {
        NOT_STARTED,
        FULL,
        OUT_OF_RESOURCES
    }

    /** A connection that was accepted, but is one too many for now. */
    private record Held(ChannelHandlerContext listener, Channel connection) {}

    // Set once.
    private final Loop loop;
    private final EventLoopGroup servedBy;
    private final int maxConnections;

    // Loop only.
    private final Set<Channel> listeners = new LinkedHashSet<>();
    private final EnumSet<Pause> pauses = EnumSet.noneOf(Pause.class);
    private final ArrayDeque<Held> held = new ArrayDeque<>(0);
    private int open;
    private boolean reported;

    /** Accepts in {@code loop}, once it is started, what {@code servedBy} serves. */
    Acceptor(Loop loop, EventLoopGroup servedBy, int maxConnections) {
        this.loop = loop;
        this.servedBy = servedBy;
        this.maxConnections = maxConnections;
        pauses.add(Pause.NOT_STARTED);
    }

    Loop loop() {
        return loop;
    }

    EventLoopGroup servedBy() {
        return servedBy;
    }

    /** Begins to accept. Any loop. */
    void start() {
        executeOnLoop(() -> resume(Pause.NOT_STARTED));
    }

    private void executeOnLoop(Runnable action) {
        if (loop.eventLoop().inEventLoop()) {
            action.run();
            return;
        }
        try {
            loop.eventLoop().execute(action);
        } catch (RejectedExecutionException loopClosed) {
            // And with it the listening channels.
        }
    }

    private void pause(Pause reason) {
        pauses.add(reason);
        listeners.forEach(listener -> listener.config().setAutoRead(false));
    }

    private void resume(Pause reason) {
        pauses.remove(reason);
        if (pauses.isEmpty()) {
            listeners.forEach(listener -> listener.config().setAutoRead(true));
        }
    }

    // Netty's events.

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(false);
    }

    /** It listens now. One that could not be bound never comes here. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        listeners.add(context.channel());
        context.channel().config().setAutoRead(pauses.isEmpty());
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
        reported = false;
        if (maxConnections == Integer.MAX_VALUE) {
            context.fireChannelRead(connection);
        } else {
            held.add(new Held(context, (Channel) connection));
            letIn();
        }
    }

    /** The system has no descriptor or memory for another connection. It would report that again at once, without end. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException && String.valueOf(cause.getMessage()).contains("connection abort")) {
            // ECONNABORTED, on some systems: the peer left the backlog before it was accepted.
            return;
        }
        boolean first = !reported;
        reported = true;
        // First what ends the pause: if that needs a class that cannot be loaded now, there is none.
        loop.callLater(REST, () -> resume(Pause.OUT_OF_RESOURCES));
        pause(Pause.OUT_OF_RESOURCES);
        if (first) {
            loop.callExceptionHandler(ErrorContext.of("cannot accept connections on "
                            + AddressText.of(context.channel().localAddress())
                            + ": retrying every second; raise the limit of file descriptors, or set withMaxConnections")
                    .withException(cause)
                    .withChannel(context.channel()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listeners.remove(context.channel());
        held.stream()
                .filter(one -> one.listener() == context)
                .forEach(one -> one.connection().unsafe().closeForcibly());
        held.removeIf(one -> one.listener() == context);
    }

    // The limit.

    private void letIn() {
        while (open < maxConnections && !held.isEmpty()) {
            Held next = held.remove();
            open++;
            next.connection().closeFuture().addListener((ChannelFutureListener) closed -> executeOnLoop(this::left));
            next.listener().fireChannelRead(next.connection());
        }
        if (open == maxConnections) {
            pause(Pause.FULL);
        } else {
            resume(Pause.FULL);
        }
    }

    private void left() {
        open--;
        letIn();
    }
}
