package dev.skein.net;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes Netty's codecs turn into messages, received and sent one by one in a coroutine.
 *
 * <pre>{@code
 * try (Messages<String, String> peer = openMessages(host, port, pipeline -> pipeline.addLast(
 *         new LineBasedFrameDecoder(8192), new StringDecoder(UTF_8), new LineEncoder(UTF_8)))) {
 *     peer.send("hello");
 *     String answer = peer.receive();
 * }
 * }</pre>
 *
 * <p>{@link Streams#openMessages} and {@link Streams#startMessageServer} make them, and {@link #of} does in a program of
 * Netty's. Any pipeline will do; nothing is said of its codecs but what goes out of the last decoder (I) and into the
 * first encoder (O), and nobody checks that: a message of another class is a ClassCastException where it is received.
 *
 * <p>Messages with a reference count: who receives one owns it, and {@link #send} passes the reference on. What nobody has
 * received is released when this is closed.
 *
 * <p>Neither side can make memory grow: reading from the network pauses while 64 messages, or twice the limit of the options
 * in bytes, wait to be received, and {@link #send} suspends while the peer does not take what was sent.
 *
 * <p>Loop only, but for {@link #channel}, the addresses and {@code toString}. One coroutine receives at a time; several may
 * send.
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
     * The messages of a channel that is open already, in its own loop: what comes out at the end of its pipeline from now on
     * is received here. Call it where the pipeline is made, or in {@code channelActive}, so that no message comes before.
     *
     * @throws IllegalArgumentException if the channel's event loop is none of Skein's
     */
    @SuppressWarnings("unchecked") // as everywhere: what the pipeline decodes is for its maker to say
    public static <I, O> Messages<I, O> of(Channel channel) {
        return (Messages<I, O>) new MessageEndpoint(channel, StreamReader.DEFAULT_LIMIT, null)
                .install()
                .messages();
    }

    /**
     * The next message; null when the peer has sent its last. It suspends until there is one. A receive that is cancelled
     * loses nothing.
     *
     * <p>An exception of a codec is thrown as it is, in the place of the message that it prevented; the connection goes on,
     * unless the codec closes it. After {@link #close}, null.
     *
     * @throws IOException if the connection was lost, after the messages that had come before; so it is over TLS where the
     *     peer ends without a close_notify, unless {@link TlsOptions#withTruncationAllowed} says otherwise
     * @throws IllegalStateException if another coroutine waits in it
     */
    @SuppressWarnings("unchecked")
    public @Nullable I receive() throws IOException {
        return endpoint.inbox().awaitMessage() ? (I) endpoint.inbox().take() : null;
    }

    /**
     * Sends {@code message}; it goes out at the end of the loop's pass. It suspends while more than the high-water mark is
     * queued; one that is cancelled there has sent nothing. If the message has a reference count, the reference is passed
     * on, also if this throws.
     *
     * <p>If no encoder takes it, the connection is closed, since the peer would miss a message; the next call, and
     * {@link #waitClosed}, say so.
     *
     * @throws IOException if the connection is closed or lost
     * @throws IllegalStateException after {@link #sendEof}
     */
    public void send(O message) throws IOException {
        endpoint.send(Objects.requireNonNull(message, "message"));
    }

    /**
     * Ends what the peer receives, behind what is queued; receiving goes on. A second call does nothing.
     *
     * @throws IOException if the connection is closed or lost
     * @throws UnsupportedOperationException over TLS, which ends both ways at once
     */
    public void sendEof() throws IOException {
        endpoint.sendEof();
    }

    /**
     * The messages up to the last one, as {@link #receive} gives them; {@code hasNext} and {@code next} suspend. An
     * IOException is thrown as an UncheckedIOException. A second iterator goes on where the first stopped.
     */
    @Override
    public Iterator<I> iterator() {
        return new Received();
    }

    /** The peer's address; also after the connection is closed. */
    public SocketAddress remoteAddress() {
        return endpoint.remoteAddress();
    }

    /** The address of this side; also after the connection is closed. */
    public SocketAddress localAddress() {
        return endpoint.localAddress();
    }

    /** Netty's channel. Its pipeline may change at any time, in front of our handler at its end. */
    public Channel channel() {
        return endpoint.channel();
    }

    /** Whether the connection is closed or on the way there. */
    public boolean isClosing() {
        return endpoint.isClosing();
    }

    /**
     * Closes the connection when what is queued has been sent, and waits for that. What was not received is released, and a
     * receive that waits gets null. A second call waits with the first. If the caller is cancelled it stops waiting, and the
     * closing goes on.
     */
    @Override
    public void close() {
        endpoint.close();
        endpoint.awaitClosed();
    }

    /** Closes the connection at once and drops what is queued; does not wait. */
    public void abort() {
        endpoint.abort();
    }

    /**
     * Waits until the connection is closed.
     *
     * @throws IOException if it was lost
     */
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
