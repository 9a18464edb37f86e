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

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a connection of messages is closed, and what becomes of those that nobody has received. */
class MessagesClosingTest {
    private static final String LONG = "long ".repeat(1600);

    private final Loopback preferred = new Loopback(Transport.preferred());

    @EachTransport
    void closeSendsWhatIsQueued(Transport transport) {
        MessagesTest.talk(new Loopback(transport), (client, peer) -> {
            for (int i = 0; i < 50; i++) {
                peer.send("line " + i);
            }
            peer.close();
            assertThat(peer.isClosing()).isTrue();
            for (int i = 0; i < 50; i++) {
                assertThat(client.reader().readLine()).isEqualTo("line " + i);
            }
            assertThat(client.reader().readLine()).isNull();
            assertThat(peer.receive()).isNull();
            assertThatThrownBy(() -> peer.send("late"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("connection with " + Loopback.text(client.localAddress()) + " is closed");
        });
    }

    @Test
    void closeWakesAReceiver() {
        MessagesTest.talk(preferred, (client, peer) -> {
            Task<?> receiving = createTask(() -> assertThat(peer.receive()).isNull());
            yieldNow();
            peer.close();
            receiving.await();
        });
    }

    @Test
    void sendEofLetsThePeerGoOn() {
        MessagesTest.talk(preferred, (client, peer) -> {
            peer.send("last");
            peer.sendEof();
            peer.sendEof();
            assertThat(client.reader().readAll()).isEqualTo("last\n".getBytes(UTF_8));
            client.writer().write("answer\n");
            assertThat(peer.receive()).isEqualTo("answer");
            assertThatThrownBy(() -> peer.send("more"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("send after sendEof, on the connection with ");
        });
    }

    @Test
    void abortDropsWhatIsQueuedAndWakesASender() {
        MessagesTest.talk(preferred, (client, peer) -> {
            Task<?> sending = createTask(() -> {
                while (true) {
                    peer.send(LONG);
                }
            });
            until(() ->
                    !client.channel().config().isAutoRead() && !peer.channel().isWritable());
            peer.abort();
            assertThatThrownBy(sending::await).hasMessageContaining(" is closed");
            peer.waitClosed();
        });
    }

    @Test
    void messagesThatNobodyHasReceivedAreReleased() {
        preferred.run(() -> {
            List<ByteBuf> seen = new ArrayList<>();
            Server server = startMessageServer(
                    (Messages<ByteBuf, ByteBuf> peer) ->
                            until(() -> peer.toString().contains("2 unread")),
                    HOST,
                    0,
                    pipeline -> pipeline.addLast(new LineBasedFrameDecoder(16), new Seen(seen)));
            Connection client = openConnection(HOST, server.port());
            client.writer().write("a\nb\n");
            assertThat(client.reader().readLine()).isNull();
            assertThat(seen).hasSize(2).allMatch(message -> message.refCnt() == 0);
            client.close();
            server.close();
            server.waitClosed();
        });
    }

    @Test
    void aMessageThatCannotBeSentIsReleased() {
        preferred.run(() -> {
            Server server = startMessageServer((Messages<ByteBuf, ByteBuf> peer) -> {}, HOST, 0, p -> {});
            Messages<ByteBuf, ByteBuf> client = openMessages(HOST, server.port(), p -> {});
            client.close();
            ByteBuf late = Unpooled.buffer().writeByte(1);
            assertThatThrownBy(() -> client.send(late)).hasMessageEndingWith(" is closed");
            assertThat(late.refCnt()).isZero();
            server.close();
            server.waitClosed();
        });
    }

    private static final class Seen extends io.netty.channel.ChannelInboundHandlerAdapter {
        private final List<ByteBuf> messages;

        Seen(List<ByteBuf> messages) {
            this.messages = messages;
        }

        @Override
        public void channelRead(io.netty.channel.ChannelHandlerContext context, Object message) {
            messages.add((ByteBuf) message);
            context.fireChannelRead(message);
        }
    }
}
