package dev.skein.net;

import static dev.skein.net.Streams.openConnection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A server in virtual time that serves one client, and then says how its handler has ended.
 *
 * @param <P> what the handler is called with
 */
final class TimeoutsFixture<P> {
    static final String SILENCE = "no byte was received or sent within 30 s";
    static final String SLOWNESS = "a message was not complete within 10 s";

    private final VirtualLoopback loopback;
    private final Start<P> start;

    // What the handler of the only connection threw, and when.
    private @Nullable Throwable thrown;
    private long endedAfterSeconds = -1;

    /** With a server that {@code start} starts on a socket in {@code directory}. */
    TimeoutsFixture(Path directory, Start<P> start) {
        this.loopback = new VirtualLoopback(directory);
        this.start = start;
    }

    /** Starts a server. */
    @FunctionalInterface
    interface Start<P> {
        Server start(Handler<P> handler, SocketAddress address, UnaryOperator<ServerOptions> options)
                throws IOException;
    }

    /** What the server does. */
    @FunctionalInterface
    interface Handler<P> {
        void handle(P peer) throws Exception;
    }

    /** What the client does, in seconds of virtual time. */
    @FunctionalInterface
    interface Client {
        void talk(Connection connection) throws Exception;
    }

    /** {@link #SILENCE} is too long. */
    static ServerOptions idle(ServerOptions options) {
        return options.withIdleTimeout(Duration.ofSeconds(30));
    }

    /** {@link #SLOWNESS} is too slow. */
    static ServerOptions message(ServerOptions options) {
        return options.withMessageTimeout(Duration.ofSeconds(10));
    }

    /** Serves one client, to the end of both. */
    void serve(UnaryOperator<ServerOptions> options, Handler<P> handler, Client client) {
        serve(options, o -> o.withLimit(1000), handler, client);
    }

    /** As {@link #serve}, over TLS. */
    void serveOverTls(SslProvider provider, UnaryOperator<ServerOptions> options, Handler<P> handler, Client client) {
        TestTls tls = new TestTls(provider);
        TlsOptions trusting = TlsOptions.of(tls.client()).withServerName("localhost");
        serve(o -> options.apply(o).withTls(tls.server()), o -> o.withTls(trusting), handler, client);
    }

    private void serve(
            UnaryOperator<ServerOptions> options,
            UnaryOperator<ConnectOptions> ofClient,
            Handler<P> handler,
            Client client) {
        loopback.run(() -> {
            Future<@Nullable Void> accepted = Loop.current().createFuture();
            Server server = start.start(
                    peer -> {
                        accepted.setResult(null);
                        time(handler, peer);
                    },
                    loopback.address(),
                    options);
            Connection connection = openConnection(loopback.address(), ofClient);
            accepted.await();
            client.talk(connection);
            server.close();
            server.waitClosed();
            connection.close();
        });
    }

    private void time(Handler<P> handler, P peer) {
        long begin = Loop.current().time();
        try {
            handler.handle(peer);
        } catch (Exception e) {
            thrown = e;
        } finally {
            endedAfterSeconds = Duration.ofNanos(Loop.current().time() - begin).toSeconds();
        }
    }

    /** What the handler threw, or null if it did not. */
    @Nullable
    Throwable thrown() {
        return thrown;
    }

    /** How long after its begin the handler ended, in seconds. */
    long endedAfterSeconds() {
        return endedAfterSeconds;
    }

    /** The handler ended without a failure. */
    void assertServed(long afterSeconds) {
        assertThat(thrown).isNull();
        assertThat(endedAfterSeconds).isEqualTo(afterSeconds);
    }

    /** The peer was too slow for the server. */
    void assertGivenUp(long afterSeconds, String why) {
        assertThat(thrown)
                .isInstanceOf(IOException.class)
                .hasMessage("connection with client@" + loopback.address() + " was lost: " + why)
                .hasCauseInstanceOf(SocketTimeoutException.class);
        assertThat(endedAfterSeconds).isEqualTo(afterSeconds);
    }
}
