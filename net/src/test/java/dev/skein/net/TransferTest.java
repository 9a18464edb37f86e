package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A proxy: what one connection reads goes out on another. */
class TransferTest {
    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static void echo(Connection peer) throws IOException {
        peer.reader().transferTo(peer.writer());
    }

    private static void proxy(Connection client, int port) throws IOException {
        try (Connection server = openConnection(HOST, port)) {
            gather(
                            createTask(() -> client.reader().transferTo(server.writer())),
                            createTask(() -> server.reader().transferTo(client.writer())))
                    .await();
        }
    }

    @EachTransport
    void throughTwoProxiesEachByteComesBackAndThenTheEnd(Transport transport) {
        byte[] sent = noise(3_000_000);
        new Loopback(transport).run(() -> {
            try (Server end = startServer(TransferTest::echo, HOST, 0);
                    Server second = startServer(client -> proxy(client, end.port()), HOST, 0);
                    Server first = startServer(client -> proxy(client, second.port()), HOST, 0);
                    Connection client = openConnection(HOST, first.port())) {
                Task<?> sending = createTask(() -> {
                    client.writer().write(sent);
                    client.writer().writeEof();
                });
                assertThat(client.reader().readAll()).isEqualTo(sent);
                sending.await();
            }
        });
    }

    @FunctionalInterface
    private interface Passing {
        void on(Connection source, Connection in, Connection out, Connection target) throws Exception;
    }

    /** source -> in, and what is passed from in to out -> target. */
    private static void between(Passing passing) {
        Loopback loopback = new Loopback(Transport.preferred());
        loopback.talk(options -> options, options -> options.withLimit(1000), (source, in) -> {
            Future<Connection> accepted = Loop.current().createFuture();
            Future<String> over = Loop.current().createFuture();
            try (Server server = startServer(
                            target -> {
                                accepted.setResult(target);
                                over.await();
                            },
                            HOST,
                            0);
                    Connection out = openConnection(HOST, server.port())) {
                // Small, so that little is much.
                source.channel().config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
                out.channel().config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
                passing.on(source, in, out, accepted.await());
            } finally {
                over.setResult("over");
            }
        });
    }

    @Test
    void aTransferCountsAndPassesTheEndOnInOneDirectionOnly() {
        between((source, in, out, target) -> {
            source.writer().write("question");
            source.writer().writeEof();
            assertThat(in.reader().transferTo(out.writer())).isEqualTo(8);
            assertThat(target.reader().readAll()).asString(UTF_8).isEqualTo("question");
            target.writer().writeLine("answer");
            assertThat(out.reader().readLine()).isEqualTo("answer");
        });
    }

    @Test
    void aTransferPassesOnBytesThatWereThereBefore() {
        between((source, in, out, target) -> {
            source.writer().write("line\nrest");
            assertThat(in.reader().readLine()).isEqualTo("line");
            source.writer().writeEof();
            assertThat(in.reader().transferTo(out.writer())).isEqualTo(4);
            assertThat(target.reader().readAll()).asString(UTF_8).isEqualTo("rest");
        });
    }

    @Test
    void aTargetThatDoesNotReadStopsTheSource() {
        byte[] sent = noise(4_000_000);
        between((source, in, out, target) -> {
            Task<Long> passing = createTask(() -> in.reader().transferTo(out.writer()));
            createTask(() -> {
                source.writer().write(sent);
                source.writer().writeEof();
            });
            until(() -> !out.channel().isWritable() && !in.channel().config().isAutoRead());
            assertThat(passing.isDone()).isFalse();
            // One message more than the mark: what the reader had when the writer was free.
            assertThat(out.channel().unsafe().outboundBuffer().totalPendingWriteBytes())
                    .isLessThan(64 * 1024 + 128 * 1024);
            assertThat(target.reader().readAll()).isEqualTo(sent);
            assertThat(passing.await()).isEqualTo(sent.length);
        });
    }

    @Test
    void bytesThatACancelledTransferLeftCanStillBeRead() {
        byte[] sent = noise(4_000_000);
        between((source, in, out, target) -> {
            createTask(() -> {
                source.writer().write(sent);
                source.writer().writeEof();
            });
            Task<Long> passing = createTask(() -> in.reader().transferTo(out.writer()));
            until(() -> !out.channel().isWritable() && !in.channel().config().isAutoRead());
            passing.cancel();
            assertThatThrownBy(passing::await).isInstanceOf(CancelledError.class);
            Task<byte[]> passed = createTask(() -> target.reader().readAll());
            byte[] kept = in.reader().readAll();
            out.close();
            byte[] begin = passed.await();
            assertThat(begin.length + kept.length).isEqualTo(sent.length);
            assertThat(begin).isEqualTo(Arrays.copyOf(sent, begin.length));
            assertThat(kept).isEqualTo(Arrays.copyOfRange(sent, begin.length, sent.length));
        });
    }

    @Test
    void whenTheTargetIsLostTheBytesStayInTheReader() {
        between((source, in, out, target) -> {
            Task<Long> passing = createTask(() -> in.reader().transferTo(out.writer()));
            yieldNow();
            out.abort();
            source.writer().writeLine("line");
            source.writer().writeEof();
            assertThatThrownBy(passing::await).hasMessageEndingWith(" is closed");
            assertThat(in.reader().readLine()).isEqualTo("line");
        });
    }

    @Test
    @PortOf("test_selector_events.SelectorSocketTransportTests.read_ready_conn_reset")
    void aLostSourceDoesNotLookLikeItsEnd() {
        between((source, in, out, target) -> {
            Task<Long> passing = createTask(() -> in.reader().transferTo(out.writer()));
            source.writer().write("begin");
            assertThat(target.reader().readExactly(5)).asString(UTF_8).isEqualTo("begin");
            source.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            source.abort();
            assertThatThrownBy(passing::await).hasMessageContaining(" was lost: ");
            assertThat(in.writer().isClosing()).isTrue();
            assertThat(target.reader().atEof()).isFalse();
            assertThat(out.writer().isClosing()).isFalse();
        });
    }
}
