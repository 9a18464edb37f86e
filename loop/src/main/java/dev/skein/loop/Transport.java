package dev.skein.loop;

import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One of Netty's transports: how a loop waits for I/O, and the classes of its channels. Any thread.
 *
 * {@snippet :
 * Transport chosen = Transport.IO_URING.isAvailable() ? Transport.IO_URING : Transport.preferred();
 * run(() -> IO.println(Loop.current().transport()), options -> options.withTransport(chosen));
 * }
 *
 * <p>All but NIO need Netty's native code on the class path, and a kernel that permits it.
 */
public enum Transport {
    /** The JDK's selector, on every platform. */
    NIO,
    /** Linux's epoll. */
    EPOLL,
    /**
     * Linux's io_uring: young, and often forbidden in containers.
     *
     * <p>A signal that interrupts a write or a connect ends that connection, for instance if a process is stopped and
     * continued (Ctrl-Z, a debugger, a frozen container): Netty 4.2.18 treats EINTR as fatal here. This side gets an
     * IOException that says {@code io_uring write(..) failed with error(-4)}; the peer sees the stream end early. Epoll and
     * NIO are not affected.
     *
     * <p>Without the JVM flag, coroutines can submit 16,384 operations between two polls of their loop; further ones fail
     * with EINVAL.
     */
    IO_URING,
    /** The kqueue of macOS and the BSDs. */
    KQUEUE;

    private static final String PROPERTY = "skein.transport";

    /**
     * Returns the transport that the system property {@code skein.transport} names (nio, epoll, io_uring, kqueue). Without
     * the property, returns epoll or kqueue if it is available, or else NIO. If a faster one exists for this system but its
     * jar is not on the class path, logs the name of that jar, once.
     *
     * @throws IllegalArgumentException if the property names none of them
     */
    public static Transport preferred() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            return named(named);
        }
        Optional<Transport> fast =
                Stream.of(EPOLL, KQUEUE).filter(Transport::isAvailable).findFirst();
        if (fast.isEmpty()) {
            FasterTransport.logIfMissing();
        }
        return fast.orElse(NIO);
    }

    static Transport named(String name) {
        for (Transport transport : values()) {
            if (transport.word().equals(name.toLowerCase(Locale.ROOT))) {
                return transport;
            }
        }
        throw new IllegalArgumentException(
                "-D" + PROPERTY + "=" + name + ": not a transport (expected nio, epoll, io_uring or kqueue)");
    }

    /** Returns whether a loop can use it here. */
    public boolean isAvailable() {
        return unavailabilityCause().isEmpty();
    }

    /** Returns why it is not available here, or empty if it is. */
    public Optional<Throwable> unavailabilityCause() {
        try {
            return Optional.ofNullable(
                    switch (this) {
                        case NIO -> null;
                        case EPOLL -> Epoll.unavailabilityCause();
                        case IO_URING -> IoUring.unavailabilityCause();
                        case KQUEUE -> KQueue.unavailabilityCause();
                    });
        } catch (LinkageError notOnClassPath) {
            return Optional.of(notOnClassPath);
        }
    }

    /** Returns the class of a client's TCP channel. */
    public Class<? extends SocketChannel> socketChannel() {
        return switch (this) {
            case NIO -> NioSocketChannel.class;
            case EPOLL -> EpollSocketChannel.class;
            case IO_URING -> IoUringSocketChannel.class;
            case KQUEUE -> KQueueSocketChannel.class;
        };
    }

    /** Returns the class of a listening TCP channel. */
    public Class<? extends ServerSocketChannel> serverSocketChannel() {
        return switch (this) {
            case NIO -> NioServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case KQUEUE -> KQueueServerSocketChannel.class;
        };
    }

    /** Returns the class of a client's Unix channel. NIO's takes the JDK's Unix addresses, the others Netty's. */
    public Class<? extends DuplexChannel> domainSocketChannel() {
        return switch (this) {
            case NIO -> NioDomainSocketChannel.class;
            case EPOLL -> EpollDomainSocketChannel.class;
            case IO_URING -> IoUringDomainSocketChannel.class;
            case KQUEUE -> KQueueDomainSocketChannel.class;
        };
    }

    /** Returns the class of a listening Unix channel. NIO's takes the JDK's Unix addresses, the others Netty's. */
    public Class<? extends ServerChannel> serverDomainSocketChannel() {
        return switch (this) {
            case NIO -> NioServerDomainSocketChannel.class;
            case EPOLL -> EpollServerDomainSocketChannel.class;
            case IO_URING -> IoUringServerDomainSocketChannel.class;
            case KQUEUE -> KQueueServerDomainSocketChannel.class;
        };
    }

    /** Returns the class of a UDP channel. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return switch (this) {
            case NIO -> NioDatagramChannel.class;
            case EPOLL -> EpollDatagramChannel.class;
            case IO_URING -> IoUringDatagramChannel.class;
            case KQUEUE -> KQueueDatagramChannel.class;
        };
    }

    /** @throws IllegalStateException that says what to do, if it is not available here */
    void requireAvailable() {
        Optional<Throwable> cause = unavailabilityCause();
        if (cause.isPresent()) {
            throw new IllegalStateException(
                    "transport " + word()
                            + " is not available here: put Netty's native code for it on the class path, or"
                            + " choose another with -D" + PROPERTY + "=nio",
                    cause.get());
        }
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
