package dev.skein.net.http;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.net.Messages;
import dev.skein.net.Streams;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a WebSocket of a connection that speaks HTTP. */
final class WebSocketUpgrade {
    static final Response REFUSAL = new Response(
                    HttpResponseStatus.UPGRADE_REQUIRED,
                    new DefaultHttpHeaders(),
                    Body.of("only WebSocket requests are served here\n"))
            .withHeader(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
            .withHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketVersion.V13.toHttpHeaderValue());

    private WebSocketUpgrade() {}

    // The server.

    static boolean isAskedForBy(HttpRequest head) {
        return head.method().equals(HttpMethod.GET)
                && head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && head.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && head.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)
                && WebSocketVersion.V13
                        .toHttpHeaderValue()
                        .equals(head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION));
    }

    /**
     * Answers a request that {@link #isAskedForBy} has found to be one.
     *
     * @throws IOException if the connection is closed meanwhile
     */
    @SuppressWarnings("unchecked") // the pipeline now decodes frames
    static WebSocket accept(Messages<HttpObject, HttpObject> peer, HttpRequest head, HttpOptions options)
            throws IOException {
        Channel channel = peer.channel();
        WebSocketServerHandshaker handshaker = Objects.requireNonNull(
                new WebSocketServerHandshakerFactory("ws://skein" + head.uri(), null, false, options.maxBody())
                        .newHandshaker(head));
        FullHttpRequest request = new DefaultFullHttpRequest(
                head.protocolVersion(),
                head.method(),
                head.uri(),
                Unpooled.EMPTY_BUFFER,
                head.headers(),
                EmptyHttpHeaders.INSTANCE);
        WebSocketPings pings = new WebSocketPings();
        Future<@Nullable Void> done = Loop.current().createFuture("WebSocket handshake");
        // On the loop's own thread, behind the answers that are queued: see Messages.send.
        Loop.current().callAtPassEnd(() -> {
            if (done.isDone()) {
                return;
            }
            try {
                ChannelPipeline pipeline = channel.pipeline();
                ChannelHandlerContext end = pipeline.lastContext();
                if (end == null) {
                    // A channel that is closed has an empty pipeline.
                    throw new ClosedChannelException();
                }
                pipeline.addBefore(end.name(), null, new Utf8FrameValidator());
                pipeline.addBefore(end.name(), null, new WebSocketFrameAggregator(options.maxBody()));
                pipeline.addBefore(end.name(), null, pings);
                handshaker.handshake(channel, request);
                done.setResult(null);
            } catch (Throwable failure) {
                done.setException(failure);
            }
        });
        try {
            done.await();
        } catch (UncheckedIOException closed) {
            throw Objects.requireNonNull(closed.getCause());
        }
        return new WebSocket((Messages<Object, Object>) (Messages<?, ?>) peer, pings);
    }

    // The client.

    static WebSocket open(String uri, HttpOptions options) throws IOException {
        Origin origin = Origin.of(URI.create(uri));
        Future<@Nullable Void> done = Loop.current().createFuture("WebSocket handshake");
        WebSocketPings pings = new WebSocketPings();
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(uri)
                .maxFramePayloadLength(options.maxBody())
                .handleCloseFrames(false)
                .sendCloseFrame(null)
                .dropPongFrames(false)
                .build();
        Messages<Object, Object> peer = Streams.openMessages(
                origin.host(),
                origin.port(),
                pipeline -> pipeline.addLast(
                        new HttpClientCodec(options.decoder(), false, false),
                        new HttpObjectAggregator(options.maxHeaderSize()),
                        new WebSocketClientProtocolHandler(config),
                        new WebSocketFrameAggregator(options.maxBody()),
                        pings,
                        new Handshake(done)),
                options.connectTo(origin));
        try {
            done.await();
        } catch (UncheckedIOException refused) {
            peer.abort();
            throw Objects.requireNonNull(refused.getCause());
        } catch (Throwable notOpened) {
            peer.abort();
            throw notOpened;
        }
        return new WebSocket(peer, pings);
    }

    /** Tells how the handshake of a client ended. */
    private static final class Handshake extends ChannelInboundHandlerAdapter {
        private final Future<@Nullable Void> done;

        Handshake(Future<@Nullable Void> done) {
            this.done = done;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && !done.isDone()) {
                done.setResult(null);
                context.pipeline().remove(this);
            } else if (event == ChannelInputShutdownEvent.INSTANCE) {
                fail(ended());
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(cause);
            context.fireExceptionCaught(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(ended());
            context.fireChannelInactive();
        }

        private static IOException ended() {
            return new IOException("connection ended during the handshake");
        }

        private void fail(Throwable cause) {
            if (!done.isDone()) {
                done.setException(new IOException("cannot open the WebSocket: " + cause.getMessage(), cause));
            }
        }
    }
}
