package dev.skein.net;

import dev.skein.loop.Suspends;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes Netty's codecs turn into messages. A coroutine receives and sends them one by one.
 *
 * {@snippet :
 * try (Messages<String, String> peer = openMessages("127.0.0.1", 7007, pipeline -> pipeline.addLast(
 *         new LineBasedFrameDecoder(8192),
 *         new StringDecoder(StandardCharsets.UTF_8),
 *         new LineEncoder(StandardCharsets.UTF_8)))) {
 *     peer.send("hello");
 *     IO.println(peer.receive());
 * }
 * }
 *
 * <p>{@link Streams#openMessages} and {@link Streams#startMessageServer} make them, and {@link #of} does in a program
 * of Netty's. Any pipeline will do. Its last decoder makes objects of type I and its first encoder takes objects of
 * type O, which is not checked: a message of another class is a ClassCastException where it is received.
 *
 * <p>If messages have a reference count, the receiver owns the reference, and {@link #send} passes it on. Messages that
 * were not received are released when this is closed.
 *
 * <p>Neither side can make memory grow. Reading from the network pauses while 64 messages, or twice the limit of the
 * options in bytes, wait to be received. {@link #send} suspends while the peer does not read what was sent.
 *
 * <p>Loop only, but for {@link #channel}, the addresses and {@code toString}. One coroutine receives at a time; several
 * may send.
 *
 * @param <I> what the pipeline decodes
 * @param <O> what it encodes
 */
public final class Messages<I, O> implements Iterable<I>, AutoCloseable {
    private final MessageEndpoint endpoint;

    Messages(MessageEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Returns the messages of a channel that is already open, on its own loop: from now on, what its pipeline decodes
     * is received here. Call it where the pipeline is made, or in {@code channelActive}, so that no message comes
     * before.
     *
     * @throws IllegalArgumentException if the channel's event loop is not one of Skein's
     */
    @SuppressWarnings("unchecked") // as everywhere: what the pipeline decodes is for its maker to say
    public static <I, O> Messages<I, O> of(Channel channel) {
        return (Messages<I, O>) new MessageEndpoint(channel, StreamReader.DEFAULT_LIMIT, null)
                .install()
                .messages();
    }

    /**
     * Receives the next message; null after the peer's last one, or after {@link #close}. Suspends until there is one.
     * A receive that is cancelled loses no message.
     *
     * <p>An exception of a codec is thrown unchanged, in the place of the message that it prevented. The connection
     * stays open, unless the codec closes it.
     *
     * @throws IOException if the connection was lost, behind the messages that had come before. Over TLS that includes
     *     an end without a close_notify, unless {@link TlsOptions#withTruncationAllowed} says otherwise
     * @throws IllegalStateException if another coroutine waits in it
     */
    @SuppressWarnings("unchecked")
    @Suspends
    public @Nullable I receive() throws IOException {
        return endpoint.inbox().awaitMessage() ? (I) endpoint.inbox().take() : null;
    }

    /**
     * Sends {@code message} at the end of the loop's pass. Suspends while more than the high-water mark is queued; a
     * send that is cancelled there has sent nothing. If the message has a reference count, the reference is passed on,
     * also if this throws.
     *
     * <p>If no encoder accepts it, the connection is closed, since the peer would miss a message. The next call and
     * {@link #waitClosed} throw that.
     *
     * @throws IOException if the connection is closed or lost
     * @throws IllegalStateException after {@link #sendEof}
     */
    @Suspends
    public void send(O message) throws IOException {
        endpoint.send(Objects.requireNonNull(message, "message"));
    }

    /**
     * Ends the peer's input behind the queued messages; receiving continues. A second call does nothing.
     *
     * @throws IOException if the connection is closed or lost
     * @throws UnsupportedOperationException over TLS, which ends both directions at once
     */
    public void sendEof() throws IOException {
        endpoint.sendEof();
    }

    /**
     * Returns the messages up to the last one, as {@link #receive} does; {@code hasNext} and {@code next} suspend. An
     * IOException is thrown as an UncheckedIOException. A second iterator continues where the first stopped.
     */
    @Override
    public Iterator<I> iterator() {
        return new Received();
    }

    /** Returns the peer's address; also after the connection is closed. */
    public SocketAddress remoteAddress() {
        return endpoint.remoteAddress();
    }

    /** Returns the address of this side; also after the connection is closed. */
    public SocketAddress localAddress() {
        return endpoint.localAddress();
    }

    /** Returns Netty's channel. Its pipeline may change at any time, in front of Skein's handler at its end. */
    public Channel channel() {
        return endpoint.channel();
    }

    /** Returns whether the connection is closed or being closed. */
    public boolean isClosing() {
        return endpoint.isClosing();
    }

    /**
     * Closes the connection as soon as the queued messages have been sent, and waits for that. Messages that were not
     * received are released, and a receive that waits returns null. A second call waits with the first. If the caller
     * is cancelled, it stops waiting and the closing continues.
     */
    @Override
    @Suspends
    public void close() {
        endpoint.close();
        endpoint.awaitClosed();
    }

    /** Closes the connection at once and drops the queued messages. Does not wait. */
    public void abort() {
        endpoint.abort();
    }

    /**
     * Waits until the connection is closed.
     *
     * @throws IOException if it was lost
     */
    @Suspends
    public void waitClosed() throws IOException {
        endpoint.waitClosed();
    }

    @Override
    public String toString() {
        return "Messages[" + endpoint + "]";
    }

    private final class Received implements Iterator<I> {
        @Override
        public boolean hasNext() {
            try {
                return endpoint.inbox().awaitMessage();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public I next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the peer has sent its last message");
            }
            return (I) endpoint.inbox().take();
        }
    }
}
