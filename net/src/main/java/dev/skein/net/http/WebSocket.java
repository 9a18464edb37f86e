package dev.skein.net.http;

import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import dev.skein.loop.TimeoutException;
import dev.skein.net.Messages;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket, RFC 6455: messages of text or bytes in both directions. {@link Http#openWebSocket} opens one, and {@link
 * Response#webSocket} makes one of a request.
 *
 * {@snippet :
 * try (WebSocket socket = openWebSocket("ws://127.0.0.1:8080/news")) {
 *     socket.send("subscribe");
 *     for (WebSocket.Message message : socket) {
 *         IO.println(message.text());
 *     }
 * }
 * }
 *
 * <p>It answers pings by itself, as long as not too much waits to be received. It answers the peer's close when that is
 * received, behind the answers to what came before.
 *
 * <p>Loop only. One coroutine receives at a time; several may send.
 */
public final class WebSocket implements Iterable<WebSocket.Message>, AutoCloseable {
    /** How long a peer gets to answer our close. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /**
     * How far the closing handshake is.
     *
     * <pre>
     *  OPEN    -&gt; CLOSING  our close is sent, or is the answer to the peer's that was just received
     *  OPEN    -&gt; LOST     nothing more will be received, and the peer has not closed
     *  CLOSING -&gt; CLOSED   nothing more will be received: the peer has closed, or is lost
     *  LOST    -&gt; CLOSED   we closed it all the same
     * </pre>
     */
    private enum State {
        OPEN,
        CLOSING,
        LOST,
        CLOSED
    }

    private final Messages<Object, Object> peer;
    private final WebSocketPings pings;

    private State state = State.OPEN;

    /** A coroutine is in {@link #receive}. */
    private boolean receiving;

    /** One for each coroutine that closes while another one receives. */
    private final ArrayDeque<Future<@Nullable Void>> notReceiving = new ArrayDeque<>(1);

    private Optional<Integer> closeCode = Optional.empty();
    private String closeReason = "";

    WebSocket(Messages<Object, Object> peer, WebSocketPings pings) {
        this.peer = peer;
        this.pings = pings;
    }

    /** A message: text or bytes. */
    public static final class Message {
        private final byte[] bytes;
        private final boolean isText;

        Message(byte[] bytes, boolean isText) {
            this.bytes = bytes;
            this.isText = isText;
        }

        /** Returns whether it was sent as text. */
        public boolean isText() {
            return isText;
        }

        /** Returns its bytes; those of a text are UTF-8. */
        public byte[] bytes() {
            return bytes.clone();
        }

        /**
         * Returns its text.
         *
         * @throws IllegalStateException if it was sent as bytes
         */
        public String text() {
            if (!isText) {
                throw new IllegalStateException(
                        "not a text message (" + bytes.length + " bytes of binary): use bytes()");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return isText ? text() : bytes.length + " bytes";
        }
    }

    /**
     * Receives the next message; null when either side has closed. Suspends until there is one.
     *
     * @throws IOException if the connection was lost, or ended without a close frame
     * @throws IllegalStateException if another coroutine waits in it
     */
    @Suspends
    public @Nullable Message receive() throws IOException {
        if (hasEnded()) {
            return null;
        }
        requireNoOther();
        receiving = true;
        boolean over = true;
        try {
            Message message = receiveNext();
            over = message == null;
            return message;
        } catch (CancelledError cancelled) {
            over = false;
            throw cancelled;
        } finally {
            if (over) {
                state = isClosing() ? State.CLOSED : State.LOST;
            }
            receiving = false;
            wakeClosers();
        }
    }

    private void wakeClosers() {
        for (Future<@Nullable Void> closer : notReceiving) {
            if (!closer.isDone()) {
                closer.setResult(null);
            }
        }
    }

    /** Our close was sent. */
    private boolean isClosing() {
        return state == State.CLOSING || state == State.CLOSED;
    }

    /** Nothing more will be received. */
    private boolean hasEnded() {
        return state == State.LOST || state == State.CLOSED;
    }

    private void requireNoOther() {
        if (receiving) {
            throw new IllegalStateException(
                    "another coroutine already waits in receive(): only one may receive at a time: " + this);
        }
    }

    private @Nullable Message receiveNext() throws IOException {
        while (true) {
            Object frame = peer.receive();
            if (frame == null && !isClosing()) {
                throw new IOException("WebSocket with " + peer.remoteAddress() + " ended without a close frame");
            }
            if (frame == null || frame instanceof CloseWebSocketFrame) {
                closeReceived(frame);
                return null;
            }
            Message message = messageOf(frame);
            if (message != null) {
                return message;
            }
        }
    }

    private static @Nullable Message messageOf(Object frame) {
        try {
            return switch (frame) {
                case TextWebSocketFrame text -> new Message(ByteBufUtil.getBytes(text.content()), true);
                case BinaryWebSocketFrame binary -> new Message(ByteBufUtil.getBytes(binary.content()), false);
                default -> null;
            };
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private void closeReceived(@Nullable Object frame) {
        if (!(frame instanceof CloseWebSocketFrame close)) {
            return;
        }
        closeCode = close.statusCode() < 0 ? Optional.empty() : Optional.of(close.statusCode());
        closeReason = close.reasonText();
        if (isClosing()) {
            close.release();
        } else {
            state = State.CLOSING;
            answerClose(close);
        }
    }

    private void answerClose(CloseWebSocketFrame close) {
        try {
            Asyncio.timeout(CLOSE_TIMEOUT, () -> peer.send(close));
        } catch (IOException gone) {
            // It did not wait for the answer.
        } catch (TimeoutException deaf) {
            peer.abort();
        }
    }

    /**
     * Returns the messages up to the close, as {@link #receive} does; {@code hasNext} and {@code next} suspend. An
     * IOException is thrown as an UncheckedIOException.
     */
    @Override
    public Iterator<Message> iterator() {
        return new Received();
    }

    /**
     * Sends {@code text}. Suspends while the peer does not read what was sent.
     *
     * @throws IOException if the connection is closed or lost
     */
    @Suspends
    public void send(String text) throws IOException {
        requireOpen();
        peer.send(new TextWebSocketFrame(text));
    }

    /** Sends {@code bytes}, as {@link #send(String)} does; the array may be changed afterwards. */
    @Suspends
    public void send(byte[] bytes) throws IOException {
        requireOpen();
        peer.send(new BinaryWebSocketFrame(Unpooled.copiedBuffer(bytes)));
    }

    private void requireOpen() throws IOException {
        if (isClosing()) {
            throw new IOException("WebSocket with " + peer.remoteAddress() + " is closed");
        }
    }

    /**
     * Sends a ping, and waits for its pong, which comes only while the messages before it are received.
     *
     * @throws IOException if the connection is closed or lost first
     */
    @Suspends
    public void ping() throws IOException {
        requireOpen();
        Future<@Nullable Void> pong = Loop.current().createFuture("WebSocket.ping");
        peer.send(new PingWebSocketFrame(pings.expectPong(pong)));
        try {
            Asyncio.await(pong);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    /** Closes it as {@link #close(int, String)} does, with 1000, a normal end. */
    @Override
    @Suspends
    public void close() {
        close(WebSocketCloseStatus.NORMAL_CLOSURE.code(), "");
    }

    /**
     * Closes it: sends a close frame, waits for the peer's, closes the connection, and waits for that. Messages that
     * were not received are dropped. A peer that does not read what was sent, or does not answer, within 10 s is
     * aborted. If the peer has closed or is lost, only the connection is closed.
     *
     * @param code the reason, as the RFC lists it
     * @param reason the reason for people; up to 123 bytes in UTF-8
     */
    @Suspends
    public void close(int code, String reason) {
        boolean first = !isClosing();
        state = hasEnded() ? State.CLOSED : State.CLOSING;
        try {
            Asyncio.timeout(CLOSE_TIMEOUT, () -> {
                if (first) {
                    peer.send(new CloseWebSocketFrame(code, reason));
                }
                awaitEnd();
            });
        } catch (TimeoutException deaf) {
            peer.abort();
        } catch (IOException | RuntimeException gone) {
            // It answers wrongly: then without.
        } finally {
            closeConnection();
        }
    }

    private void closeConnection() {
        try {
            Asyncio.timeout(CLOSE_TIMEOUT, () -> peer.close());
        } catch (TimeoutException deaf) {
            peer.abort();
            peer.close();
        }
    }

    private void awaitEnd() throws IOException {
        while (!hasEnded()) {
            if (receiving) {
                awaitNotReceiving();
            } else {
                receive();
            }
        }
    }

    private void awaitNotReceiving() {
        Future<@Nullable Void> mayReceive = Loop.current().createFuture("WebSocket.close");
        notReceiving.add(mayReceive);
        try {
            mayReceive.await();
        } finally {
            notReceiving.remove(mayReceive);
        }
    }

    /** Returns the code of the peer's close; empty if it has none, or was not received. */
    public Optional<Integer> closeCode() {
        return closeCode;
    }

    /** Returns the reason of the peer's close; empty if there is none. */
    public String closeReason() {
        return closeReason;
    }

    /** Returns Netty's channel. */
    public Channel channel() {
        return peer.channel();
    }

    @Override
    public String toString() {
        return "WebSocket[" + peer + "]";
    }

    private final class Received implements Iterator<Message> {
        private @Nullable Message next;

        @Override
        public boolean hasNext() {
            try {
                next = next == null ? receive() : next;
                return next != null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Message next() {
            Message message = hasNext() ? next : null;
            if (message == null) {
                throw new NoSuchElementException("the WebSocket is closed");
            }
            next = null;
            return message;
        }
    }
}
