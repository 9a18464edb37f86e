package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gatherSettled;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.CancelledError;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Many connections at once that echo, stop in the middle, reset, end one direction early, or are cancelled at any point.
 * Each carries its own {@link SoakPattern}, so that a byte that is lost, doubled or another's is noticed; at the end no
 * descriptor, task or error is left over. {@code net/soak} runs it with leak detection on all buffers.
 */
final class Soak {
    private static final int AT_ONCE = 40;

    /** Where connections go: a server, and how a client is given one. */
    record Carrier(String name, Opener opener) {}

    @FunctionalInterface
    interface Opener {
        /** Runs {@code use} while a server that does {@code handler} is there. */
        void serve(ConnectionHandler handler, Use use) throws Exception;
    }

    @FunctionalInterface
    interface Use {
        void with(Dial dial) throws Exception;
    }

    @FunctionalInterface
    interface Dial {
        Connection dial() throws IOException;
    }

    private final Random random;
    private final List<Throwable> wrong = new ArrayList<>();
    private final List<ErrorContext> reported = new ArrayList<>();
    private long connections;
    private long bytes;

    Soak(long seed) {
        random = new Random(seed);
    }

    static Carrier tcp() {
        return new Carrier("TCP", (handler, use) -> {
            Server server = startServer(handler, HOST, 0);
            use.with(() -> openConnection(HOST, server.port()));
            end(server);
        });
    }

    static Carrier tls() {
        // Made once: a context takes longer than all else that a connection does, and keeps the sessions.
        SslContext ofServer = TestTls.JDK.server();
        SslContext ofClient = TestTls.JDK.client();
        return new Carrier("TLS", (handler, use) -> {
            Server server = startServer(handler, HOST, 0, options -> options.withTls(ofServer));
            use.with(() -> openConnection(HOST, server.port(), options -> options.withTls(ofClient)));
            end(server);
        });
    }

    static Carrier unix(Path socket) {
        return new Carrier("Unix sockets", (handler, use) -> {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
            Server server = startServer(handler, address);
            use.with(() -> openConnection(address));
            end(server);
        });
    }

    private static void end(Server server) {
        server.close();
        server.abortClients();
        server.waitClosed();
    }

    /** Keeps it up for {@code length}, and throws what went wrong. */
    String run(Transport transport, Carrier carrier, Duration length) {
        // The JDK keeps a socket from the first close on.
        in(
                transport,
                () -> carrier.opener().serve(peer -> {}, dial -> dial.dial().close()));
        long before = Descriptors.sockets();
        in(transport, () -> carrier.opener().serve(this::serve, dial -> soak(dial, length)));
        check(Descriptors.sockets() - before);
        return transport + " " + carrier.name() + ": " + connections + " connections, " + bytes + " bytes checked";
    }

    private void in(Transport transport, Action main) {
        Asyncio.run(
                () -> {
                    Loop.current().setExceptionHandler((loop, error) -> reported.add(error));
                    main.run();
                },
                options -> options.withTransport(transport));
    }

    private void check(long lost) {
        AssertionError failure = new AssertionError("the soak failed");
        wrong.forEach(failure::addSuppressed);
        for (ErrorContext error : reported) {
            failure.addSuppressed(
                    new AssertionError(error.toString(), error.exception().orElse(null)));
        }
        if (lost != 0) {
            failure.addSuppressed(new AssertionError(lost + " sockets more than before"));
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private void soak(Dial dial, Duration length) {
        long end = Loop.current().time() + length.toNanos();
        List<Task<?>> clients = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            clients.add(createTask(() -> {
                while (Loop.current().time() < end && wrong.isEmpty()) {
                    callAndMaybeCancel(dial);
                }
            }));
        }
        gatherSettled(clients).await();
        for (Task<?> client : clients) {
            Throwable failure = client.exception();
            if (failure != null) {
                wrong.add(failure);
            }
        }
    }

    /** Every other call is cancelled: before its first step, while it connects, or anywhere later. */
    private void callAndMaybeCancel(Dial dial) {
        int id = (int) ++connections;
        Task<?> call = createTask(() -> new SoakCall(id, new Random(random.nextLong())).talk(dial));
        if (random.nextBoolean()) {
            pause(random.nextInt(4));
            call.cancel();
        }
        try {
            gatherSettled(call).await();
            bytes += call.isCancelled() || call.exception() != null ? 0 : SoakCall.SIZE;
            note(call.isCancelled() ? null : call.exception());
        } finally {
            call.cancel();
        }
    }

    private static void pause(int kind) {
        switch (kind) {
            case 0 -> {}
            case 1 -> Asyncio.yieldNow();
            case 2 -> sleep(Duration.ofNanos(300_000));
            default -> sleep(Duration.ofMillis(5));
        }
    }

    /** A connection that a peer has reset or closed too early is what a soak is for; anything else is a bug. */
    private void note(@Nullable Throwable failure) {
        if (failure != null && !isLoss(failure)) {
            wrong.add(failure);
        }
    }

    private static boolean isLoss(Throwable failure) {
        return !(failure instanceof SoakPattern.Wrong)
                && (failure instanceof IOException || failure instanceof UncheckedIOException);
    }

    // The server's side.

    private void serve(Connection peer) throws Exception {
        try {
            serveAny(peer);
        } catch (IOException lost) {
            note(lost);
        }
    }

    private void serveAny(Connection peer) throws IOException {
        switch (random.nextInt(8)) {
            case 0 -> {
                peer.reader().read(random.nextInt(5000));
                peer.abort();
            }
            case 1 -> {
                peer.reader().read(1);
                reset(peer);
            }
            case 2 -> cancelInTheMiddle(peer);
            case 3 -> echo(peer);
            default -> peer.reader().transferTo(peer.writer());
        }
    }

    private static void echo(Connection peer) throws IOException {
        for (byte[] piece = peer.reader().read(3000);
                piece != null;
                piece = peer.reader().read(3000)) {
            peer.writer().write(piece);
        }
        if (peer.writer().sink().canWriteEof()) {
            peer.writer().writeEof();
        }
    }

    static void reset(Connection connection) {
        if (connection.channel().isOpen()) {
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        connection.abort();
    }

    private void cancelInTheMiddle(Connection peer) {
        Task<?> echoing = createTask(() -> echo(peer));
        // Looked at also if this handler is cancelled meanwhile, because the soak is over.
        echoing.addDoneCallback(done -> {
            if (!done.isCancelled()) {
                done.exception();
            }
        });
        pause(random.nextInt(4));
        echoing.cancel();
        try {
            echoing.await();
        } catch (CancelledError | UncheckedIOException expected) {
            // And the connection is closed when the handler returns.
        }
    }
}
