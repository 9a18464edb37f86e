package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.CancelledError;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.util.internal.InternalThreadLocalMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any pipeline of Netty's as receive and send: order, the end, failures, back-pressure. */
class MessagesTest {
    private static final String LONG = "long ".repeat(1600);

    private final Loopback preferred = new Loopback(Transport.preferred());

    static void lines(ChannelPipeline pipeline) {
        pipeline.addLast(
                new LineBasedFrameDecoder(16), new StringDecoder(UTF_8), new LineEncoder(LineSeparator.UNIX, UTF_8));
    }

    private static void echo(Messages<String, String> peer) throws IOException {
        for (String line : peer) {
            peer.send(line);
        }
    }

    /** What a server's end of one connection does, and the client's, which are bytes. */
    @FunctionalInterface
    interface Conversation {
        void hold(Connection client, Messages<String, String> peer) throws Exception;
    }

    static void talk(Loopback loopback, Conversation talk) {
        loopback.run(() -> {
            Future<Messages<String, String>> accepted = Loop.current().createFuture();
            Future<@Nullable Void> over = Loop.current().createFuture();
            MessagesHandler<String, String> handler = arrived -> {
                accepted.setResult(arrived);
                over.await();
            };
            Server server = startMessageServer(handler, HOST, 0, MessagesTest::lines);
            try (server;
                    Connection client = openConnection(HOST, server.port(), o -> o.withLimit(16_384))) {
                talk.hold(client, accepted.await());
            } finally {
                over.setResult(null);
            }
            server.waitClosed();
        });
    }

    @EachTransport
    void messagesComeAndGoOneByOne(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startMessageServer(MessagesTest::echo, HOST, 0, MessagesTest::lines);
            try (server;
                    Messages<String, String> client = openMessages(HOST, server.port(), MessagesTest::lines)) {
                client.send("one");
                client.send("two");
                assertThat(client.receive()).isEqualTo("one");
                assertThat(client.receive()).isEqualTo("two");
                client.sendEof();
                assertThat(client.receive()).isNull();
                assertThat(client.receive()).isNull();
            }
            server.waitClosed();
        });
    }

    @Test
    void aForLoopEndsWithThePeersLastMessage() {
        talk(preferred, (client, peer) -> {
            client.writer().write("a\nb\n");
            client.writer().writeEof();
            List<String> received = new ArrayList<>();
            for (String line : peer) {
                received.add(line);
            }
            assertThat(received).containsExactly("a", "b");
        });
    }

    @Test
    void anIteratorThatIsAskedTwiceTakesNothingUntilNext() {
        talk(preferred, (client, peer) -> {
            client.writer().write("a\nb\n");
            client.writer().writeEof();
            Iterator<String> iterator = peer.iterator();
            assertThat(iterator.hasNext()).isTrue();
            assertThat(iterator.hasNext()).isTrue();
            assertThat(peer.receive()).isEqualTo("a");
            assertThat(iterator.next()).isEqualTo("b");
            assertThat(iterator.hasNext()).isFalse();
            assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
        });
    }

    @Test
    void messagesBeforeALossAreReceivedAndThenTheLossEachTime() {
        talk(preferred, (client, peer) -> {
            peer.send("unread by the client, so that its close is a reset");
            client.writer().write("a\n");
            until(() -> peer.toString().contains("1 unread"));
            until(() -> client.reader().toString().contains(" 51 bytes"));
            client.channel().config().setOption(io.netty.channel.ChannelOption.SO_LINGER, 0);
            client.abort();
            assertThat(peer.receive()).isEqualTo("a");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(peer::receive)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(
                                "connection with " + Loopback.text(client.localAddress()) + " was lost");
            }
            assertThatThrownBy(() -> peer.send("b")).hasMessageContaining(" was lost: ");
            assertThatThrownBy(peer::waitClosed).hasMessageContaining(" was lost: ");
        });
    }

    // Failures of codecs.

    @Test
    void aDecodersExceptionIsThrownInItsPlace() {
        talk(preferred, (client, peer) -> {
            client.writer().write("a\nlonger than sixteen bytes\nb\n");
            assertThat(peer.receive()).isEqualTo("a");
            assertThatThrownBy(peer::receive).isInstanceOf(TooLongFrameException.class);
            assertThat(peer.receive()).isEqualTo("b");
            peer.send("c");
            assertThat(client.reader().readLine()).isEqualTo("c");
        });
    }

    @Test
    void aMessageThatNothingEncodesEndsTheConnectionAndIsNamed() {
        preferred.run(() -> {
            Server server = startMessageServer(MessagesTest::echo, HOST, 0, MessagesTest::lines);
            Messages<Object, Object> client = openMessages(HOST, server.port(), MessagesTest::lines);
            client.send(42);
            String text = "cannot send a java.lang.Integer to 127.0.0.1:" + server.port()
                    + ": no encoder of the pipeline accepted it: unsupported message type: Integer";
            assertThatThrownBy(client::receive).isInstanceOf(IOException.class).hasMessageStartingWith(text);
            assertThatThrownBy(() -> client.send("b")).hasMessageStartingWith(text);
            assertThatThrownBy(client::waitClosed).hasMessageStartingWith(text);
            server.close();
            server.waitClosed();
        });
    }

    // Waiting.

    @Test
    void aReceiveThatIsCancelledLosesNothing() {
        talk(preferred, (client, peer) -> {
            Task<?> receiving = createTask(() -> assertThat(peer.receive()).isNull());
            yieldNow();
            assertThat(receiving.toString()).contains("Messages.receive");
            receiving.cancel();
            assertThatThrownBy(receiving::await).isInstanceOf(CancelledError.class);
            client.writer().write("a\n");
            assertThat(peer.receive()).isEqualTo("a");
        });
    }

    @Test
    void aSecondReceiverIsRefused() {
        talk(preferred, (client, peer) -> {
            Task<?> first = createTask(() -> assertThat(peer.receive()).isEqualTo("a"), "first");
            yieldNow();
            assertThatThrownBy(peer::receive)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("task 'first' already waits in receive() of this connection")
                    .hasMessageContaining("Queue");
            client.writer().write("a\n");
            first.await();
        });
    }

    @Test
    void nullIsRefused() {
        talk(
                preferred,
                (client, peer) -> assertThatThrownBy(() -> peer.send(nothing()))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("message"));
    }

    @SuppressWarnings("NullAway")
    private static String nothing() {
        return null;
    }

    @Test
    void aCoroutineThatReceivesAndSendsGetsNoThreadLocalsOfNettys() {
        preferred.run(() -> {
            List<Object> locals = new ArrayList<>();
            MessagesHandler<String, String> handler = peer -> {
                echo(peer);
                if (InternalThreadLocalMap.getIfSet() != null) {
                    locals.add(InternalThreadLocalMap.getIfSet());
                }
            };
            Server server = startMessageServer(handler, HOST, 0, MessagesTest::lines);
            try (server;
                    Messages<String, String> client = openMessages(HOST, server.port(), MessagesTest::lines)) {
                for (int i = 0; i < 100; i++) {
                    client.send("line");
                    assertThat(client.receive()).isEqualTo("line");
                }
            }
            server.waitClosed();
            assertThat(locals).isEmpty();
        });
    }

    // Back-pressure.

    @EachTransport
    void readingPausesWhileNobodyReceives(Transport transport) {
        talk(new Loopback(transport), (client, peer) -> {
            Task<?> writing = createTask(() -> {
                for (int i = 0; i < 2_000; i++) {
                    client.writer().writeLine("line " + i);
                }
                client.writer().close();
            });
            until(() -> !peer.channel().config().isAutoRead());
            int i = 0;
            for (String line : peer) {
                assertThat(line).isEqualTo("line " + i);
                i++;
            }
            assertThat(i).isEqualTo(2_000);
            writing.await();
        });
    }

    @EachTransport
    void readingGoesOnWhenHalfOfWhatMayWaitIsLeft(Transport transport) {
        talk(new Loopback(transport), (client, peer) -> {
            ChannelConfig config = peer.channel().config();
            for (int i = 0; i <= Inbox.MOST; i++) {
                client.writer().writeLine("x");
            }
            until(() -> !config.isAutoRead());
            for (int left = Inbox.MOST + 1; left > Inbox.MOST / 2; left--) {
                assertThat(config.isAutoRead())
                        .as("with more than %s left", left)
                        .isFalse();
                peer.receive();
            }
            assertThat(config.isAutoRead()).isTrue();
        });
    }

    @EachTransport
    void soItIsWithHalfOfTheBytes(Transport transport) {
        int limit = 1000;
        new Loopback(transport).run(() -> {
            Server server = startMessageServer(
                    (Messages<ByteBuf, ByteBuf> peer) -> {
                        ChannelConfig config = peer.channel().config();
                        until(() -> !config.isAutoRead());
                        for (int left = 3 * limit; left > limit; left -= 500) {
                            assertThat(config.isAutoRead())
                                    .as("with %s left", left)
                                    .isFalse();
                            receive(peer).release();
                        }
                        assertThat(config.isAutoRead()).isTrue();
                    },
                    HOST,
                    0,
                    pipeline -> pipeline.addLast(new FixedLengthFrameDecoder(500)),
                    o -> o.withLimit(limit));
            try (server;
                    Connection client = openConnection(HOST, server.port())) {
                client.writer().write(new byte[3 * limit]);
                assertThat(client.reader().readAll()).isEmpty();
            }
            server.waitClosed();
        });
    }

    private static ByteBuf receive(Messages<ByteBuf, ByteBuf> peer) throws IOException {
        return java.util.Objects.requireNonNull(peer.receive());
    }

    @EachTransport
    void aSenderWaitsForASlowPeer(Transport transport) {
        talk(new Loopback(transport), (client, peer) -> {
            int[] sent = {0};
            Task<?> sending = createTask(() -> {
                for (; sent[0] < 2_000; sent[0]++) {
                    peer.send(LONG + sent[0]);
                }
                peer.close();
            });
            until(() ->
                    !client.channel().config().isAutoRead() && !peer.channel().isWritable());
            assertThat(sending.toString()).contains("Messages.send");
            long pending = peer.channel().unsafe().outboundBuffer().totalPendingWriteBytes();
            assertThat(pending).isLessThan(64 * 1024 + LONG.length() + 200);
            for (int i = 0; i < 2_000; i++) {
                assertThat(client.reader().readLine()).isEqualTo(LONG + i);
            }
            sending.await();
        });
    }

    @Test
    void bytesThatAreNotEncodedYetCountTowardsTheHighMark() {
        preferred.run(() -> {
            Server server = startMessageServer(
                    (Messages<ByteBuf, ByteBuf> peer) -> peer.forEach(ByteBuf::release), HOST, 0, p -> {});
            Messages<ByteBuf, ByteBuf> client = openMessages(HOST, server.port(), p -> {});
            for (int i = 0; i < 5; i++) {
                client.send(Unpooled.wrappedBuffer(new byte[16 * 1024]));
            }
            Task<?> sixth = createTask(
                    () -> client.send(Unpooled.wrappedBuffer(new byte[1])), options -> options.withEagerStart(true));
            assertThat(sixth.toString()).contains("Messages.send");
            assertThat(client.toString()).contains("5 unsent");
            sixth.await();
            client.close();
            server.close();
            server.waitClosed();
        });
    }
}
