package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import dev.skein.loop.sync.Queue;
import dev.skein.loop.sync.QueueShutDownException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket: asyncio's {@code create_datagram_endpoint}, transport and protocol in one. A loop over it ends when it
 * is closed:
 *
 * {@snippet :
 * InetSocketAddress address = new InetSocketAddress("127.0.0.1", 7007);
 * try (DatagramEndpoint endpoint = openDatagram(o -> o.withLocalAddress(address))) {
 *     for (Datagram each : endpoint) {
 *         endpoint.send(each.data(), each.sender());
 *     }
 * }
 * }
 *
 * <p>A network error does not close it. The {@code send} or {@code receive} that meets the error throws it once, and
 * both can be called again. On a connected socket that is above all a {@link PortUnreachableException}, the answer to
 * an earlier datagram that no socket is bound there: asyncio's {@code error_received}.
 *
 * <p>Datagrams that were not received yet are kept up to a bound, {@link DatagramOptions#withQueue}. Several coroutines
 * may receive, and each datagram goes to the one that has waited longest; several may send. Loop only, but for {@link
 * #channel}, the addresses and {@code toString}.
 */
public final class DatagramEndpoint implements AutoCloseable, Iterable<Datagram> {
    // Set once.
    private final Loop loop = Loop.current();
    private final DatagramSocketChannel socket;
    private final @Nullable InetSocketAddress remoteAddress;
    private final int bound;

    /** What has come, in its order: each a {@link Datagram} or an {@link IOException}. */
    private final Queue<Object> queue = new Queue<>();

    // Loop only.
    private @Nullable ChannelFuture lastSend;
    private boolean closing;

    @SuppressWarnings("NullAway.Init") // set when it is bound, before it is returned
    private InetSocketAddress localAddress;

    DatagramEndpoint(DatagramSocketChannel socket, @Nullable InetSocketAddress remoteAddress, int bound) {
        this.socket = socket;
        this.remoteAddress = remoteAddress;
        this.bound = bound;
    }

    void opened() {
        localAddress = socket.channel().localAddress();
    }

    /** Returns the address that it is bound to, with the port that port 0 became; also after it is closed. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Returns its only peer; empty if it has none. */
    public Optional<InetSocketAddress> remoteAddress() {
        return Optional.ofNullable(remoteAddress);
    }

    /** Returns Netty's channel. */
    public Channel channel() {
        return socket.channel();
    }

    /** Returns whether it is closed or being closed. */
    public boolean isClosing() {
        return closing;
    }

    // Receiving.

    /** A datagram has come; it is copied and released. */
    void received(DatagramPacket packet) {
        try {
            byte[] data = new byte[packet.content().readableBytes()];
            packet.content().readBytes(data);
            put(new Datagram(data, packet.sender()));
        } finally {
            packet.release();
        }
    }

    /** The socket reports an error. */
    void failed(IOException failure) {
        put(described(failure));
    }

    private void put(Object item) {
        if (!isClosing()) {
            queue.putNowait(item);
            if (queue.size() >= bound) {
                channel().config().setAutoRead(false);
            }
        }
    }

    private IOException described(IOException failure) {
        if (socket.isUnreachable(failure)) {
            String who = remoteAddress == null ? "the receiver" : AddressText.of(remoteAddress);
            return (IOException) new PortUnreachableException(who + " is unreachable: no socket is bound there,"
                            + " according to the answer to an earlier datagram")
                    .initCause(failure);
        }
        return failure;
    }

    /**
     * Receives the next datagram. Suspends until there is one.
     *
     * @throws IOException if it is closed, before or meanwhile, or the network reports an error
     */
    @Suspends
    public Datagram receive() throws IOException {
        loop.checkThread();
        Object next;
        try {
            next = queue.get();
        } catch (QueueShutDownException e) {
            throw closed();
        }
        if (queue.size() <= bound / 2) {
            channel().config().setAutoRead(true);
        }
        if (next instanceof IOException failure) {
            throw failure;
        }
        return (Datagram) next;
    }

    private IOException closed() {
        return new IOException("datagram endpoint is closed: " + this);
    }

    /**
     * Returns the datagrams until it is closed; {@code hasNext} suspends. An IOException is thrown as an
     * UncheckedIOException, and another iterator continues behind it.
     */
    @Override
    public Iterator<Datagram> iterator() {
        return new Received();
    }

    // Sending.

    /**
     * Sends {@code data} to the peer, and suspends until the system has taken it. That does not say whether it arrives.
     *
     * @throws IllegalStateException if it has no peer of its own
     * @throws UnsupportedOperationException if {@code data} is empty and the socket a connected one of the JDK's NIO
     * @throws IOException if it is closed; if the system refuses the datagram, for instance as too long; or if the
     *     network reports an error of an earlier one, in which case this one was not sent
     */
    @Suspends
    public void send(byte[] data) throws IOException {
        if (remoteAddress == null) {
            throw new IllegalStateException(
                    "no peer to send to: name one in send(data, address), or open the endpoint with"
                            + " o -> o.withRemoteAddress(address)");
        }
        sendTo(data, socket.channel().isConnected() ? null : remoteAddress);
    }

    /**
     * Sends {@code data} to {@code target}, as {@link #send(byte[])} does.
     *
     * @throws IllegalArgumentException if its only peer is another one, or the target is not resolved
     */
    @Suspends
    public void send(byte[] data, InetSocketAddress target) throws IOException {
        if (target.isUnresolved()) {
            throw new IllegalArgumentException(
                    "unresolved address: " + target.getHostString() + ": look the name up with Dns.lookUp(...)");
        }
        if (remoteAddress != null && !remoteAddress.equals(target)) {
            throw new IllegalArgumentException("cannot send to " + AddressText.of(target)
                    + ": the endpoint's only peer is " + AddressText.of(remoteAddress));
        }
        sendTo(data, socket.channel().isConnected() ? null : target);
    }

    private void sendTo(byte[] data, @Nullable InetSocketAddress target) throws IOException {
        loop.checkThread();
        if (isClosing()) {
            throw closed();
        }
        try {
            if (data.length == 0) {
                sendEmpty(target);
            } else {
                Asyncio.await(write(data, target));
            }
        } catch (UncheckedIOException e) {
            throw described(Objects.requireNonNull(e.getCause()));
        }
    }

    private ChannelFuture write(byte[] data, @Nullable InetSocketAddress target) {
        ByteBuf bytes = channel().alloc().directBuffer(data.length).writeBytes(data);
        ChannelFuture sent = channel().writeAndFlush(target == null ? bytes : new DatagramPacket(bytes, target));
        lastSend = sent;
        return sent;
    }

    private void sendEmpty(@Nullable InetSocketAddress target) throws IOException {
        if (lastSend != null && !lastSend.isDone()) {
            Asyncio.await(lastSend);
        }
        try {
            socket.sendEmpty(target);
        } catch (IOException e) {
            throw described(e);
        }
    }

    // Multicast.

    /**
     * Begins to receive what is sent to {@code group}, on one network: IP multicast.
     *
     * @throws IOException if it cannot, for instance since the group's family is not the socket's
     */
    @Suspends
    public void join(InetAddress group, NetworkInterface on) throws IOException {
        changeMembership(() -> socket.channel().joinGroup(new InetSocketAddress(group, 0), on), group, on);
    }

    /**
     * Stops receiving what is sent to {@code group}.
     *
     * @throws IOException if it cannot
     */
    @Suspends
    public void leave(InetAddress group, NetworkInterface on) throws IOException {
        changeMembership(() -> socket.channel().leaveGroup(new InetSocketAddress(group, 0), on), group, on);
    }

    private void changeMembership(Supplier<ChannelFuture> change, InetAddress group, NetworkInterface on)
            throws IOException {
        loop.checkThread();
        try {
            Asyncio.await(change.get());
        } catch (RuntimeException e) {
            Throwable why =
                    e instanceof UncheckedIOException unchecked ? Objects.requireNonNull(unchecked.getCause()) : e;
            throw new IOException(
                    "cannot join or leave " + group.getHostAddress() + " on " + on.getName() + ": " + why.getMessage(),
                    why);
        }
    }

    // Closing.

    /**
     * Closes it as soon as the datagrams that are being sent have been sent, and waits for that. Datagrams that were
     * not received are dropped. A {@code receive} that waits throws an IOException, and iterations end. A second call
     * waits with the first.
     */
    @Override
    @Suspends
    public void close() {
        loop.checkThread();
        ended();
        if (lastSend == null || lastSend.isDone()) {
            channel().close();
        } else {
            lastSend.addListener(ChannelFutureListener.CLOSE);
        }
        socket.awaitReleased();
    }

    /** Closes it at once. Does not wait. */
    public void abort() {
        loop.checkThread();
        ended();
        channel().close();
    }

    /** Nothing can come any more. */
    void ended() {
        closing = true;
        queue.shutdownNow();
    }

    @Override
    public String toString() {
        return "DatagramEndpoint[" + AddressText.of(localAddress)
                + (remoteAddress == null ? "" : " to " + AddressText.of(remoteAddress)) + ", "
                + (isClosing() ? "closed" : "open") + ", " + queue.size() + " received]";
    }

    private final class Received implements Iterator<Datagram> {
        private @Nullable Datagram next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = receiveUnlessClosed();
            }
            return next != null;
        }

        @Override
        public Datagram next() {
            if (!hasNext()) {
                throw new NoSuchElementException("closed: " + DatagramEndpoint.this);
            }
            Datagram datagram = Objects.requireNonNull(next);
            next = null;
            return datagram;
        }

        private @Nullable Datagram receiveUnlessClosed() {
            try {
                return receive();
            } catch (IOException e) {
                if (isClosing()) {
                    return null;
                }
                throw new UncheckedIOException(e);
            }
        }
    }
}
