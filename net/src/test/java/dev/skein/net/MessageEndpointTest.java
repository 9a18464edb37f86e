package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of a pipeline of messages: what it queues, and how it ends. */
class MessageEndpointTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    @Test
    void sixtyFourMessagesWaitForTheEndOfThePassAndTheNextSuspends() {
        MessagesTest.talk(preferred, (client, peer) -> {
            List<Integer> turns = new ArrayList<>();
            int[] sent = {0};
            Loop.current().callSoon(() -> turns.add(sent[0]));
            for (; sent[0] < MessageEndpoint.MOST_QUEUED; sent[0]++) {
                peer.send("m" + sent[0]);
            }
            assertThat(turns).isEmpty();
            assertThat(peer.toString()).endsWith(", OPEN, 0 unread, " + MessageEndpoint.MOST_QUEUED + " unsent]");
            peer.send("m" + sent[0]);
            assertThat(turns).containsExactly(MessageEndpoint.MOST_QUEUED);
            for (int i = 0; i <= MessageEndpoint.MOST_QUEUED; i++) {
                assertThat(client.reader().readLine()).isEqualTo("m" + i);
            }
        });
    }

    @Test
    void afterSendEofASendIsRefusedAndAnotherSendEofDoesNothing() {
        MessagesTest.talk(preferred, (client, peer) -> {
            peer.send("last");
            peer.sendEof();
            peer.sendEof();
            assertThatThrownBy(() -> peer.send("late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("send after sendEof, on the connection with ");
            assertThat(client.reader().readLine()).isEqualTo("last");
            assertThat(client.reader().readLine()).isNull();
            peer.sendEof();
            client.writer().writeLine("still");
            assertThat(peer.receive()).isEqualTo("still");
            peer.close();
            assertThatThrownBy(peer::sendEof).hasMessageEndingWith(" is closed");
        });
    }

    /** The end goes behind a write that a handler still holds. */
    @Test
    void closeAndSendEofWaitForWritesThatAreNotDone() {
        MessagesTest.talk(preferred, (client, peer) -> {
            List<Runnable> held = new ArrayList<>();
            peer.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
                    held.add(() -> context.writeAndFlush(message, written));
                }
            });
            peer.send("one");
            peer.send("two");
            peer.sendEof();
            Task<String> first = createTask(() -> String.valueOf(client.reader().readLine()));
            Loopback.until(() -> held.size() == 2);
            for (int i = 0; i < 10; i++) {
                yieldNow();
            }
            assertThat(first.isDone()).isFalse();
            held.removeFirst().run();
            assertThat(first.await()).isEqualTo("one");
            Task<String> second =
                    createTask(() -> String.valueOf(client.reader().readLine()));
            for (int i = 0; i < 10; i++) {
                yieldNow();
            }
            assertThat(second.isDone()).isFalse();
            held.removeFirst().run();
            assertThat(second.await()).isEqualTo("two");
            assertThat(client.reader().readLine()).isNull();
        });
    }

    @Test
    void aWriteThatFailsLaterIsALoss() {
        MessagesTest.talk(preferred, (client, peer) -> {
            IllegalStateException failure = new IllegalStateException("codec is broken");
            peer.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
                    ReferenceCountUtil.release(message);
                    Loop.current().callSoon(() -> written.setFailure(failure));
                }
            });
            peer.send("lost");
            assertThatThrownBy(peer::waitClosed)
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(" was lost: java.lang.IllegalStateException: codec is broken");
        });
    }

    @Test
    void aForeignThreadIsRefused() {
        MessagesTest.talk(preferred, (client, peer) -> {
            for (Action each : List.<Action>of(
                    () -> peer.send("x"),
                    peer::sendEof,
                    () -> peer.receive(),
                    peer::abort,
                    () -> MessageEndpoint.of(peer.channel()).close(),
                    () -> Messages.of(client.channel()))) {
                assertThatThrownBy(() -> toThread(() -> {
                            each.run();
                            return 1;
                        }))
                        .isInstanceOf(WrongThreadException.class);
            }
            assertThat(peer.isClosing()).isFalse();
            peer.sendEof();
            assertThatThrownBy(() -> toThread(() -> {
                        peer.sendEof();
                        return 1;
                    }))
                    .isInstanceOf(WrongThreadException.class);
        });
    }

    /** It stays queued while the channel takes nothing. */
    @Test
    void aQueuedMessageIsReleasedWhenTheChannelIsClosed() {
        MessagesTest.talk(preferred, (client, peer) -> {
            ByteBuf message = Unpooled.wrappedBuffer(new byte[10]);
            MessageEndpoint end = MessageEndpoint.of(peer.channel());
            end.send(message);
            peer.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
            for (int i = 0; i < 10; i++) {
                yieldNow();
            }
            assertThat(peer.toString()).endsWith(", 1 unsent]");
            peer.channel().close();
            end.awaitClosed();
            assertThat(message.refCnt()).isZero();
            assertThat(peer.toString()).endsWith(", 0 unsent]");
        });
    }

    @Test
    void sendEofIsRefusedOverTls() {
        preferred.run(() -> {
            TlsOptions tls = TlsOptions.of(TestTls.JDK.client()).withServerName("localhost");
            Server server = startMessageServer(
                    (Messages<String, String> peer) -> peer.receive(),
                    HOST,
                    0,
                    MessagesTest::lines,
                    o -> o.withTls(TestTls.JDK.server()));
            try (server;
                    Messages<String, String> client =
                            openMessages(HOST, server.port(), MessagesTest::lines, o -> o.withTls(tls))) {
                assertThatThrownBy(client::sendEof)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageStartingWith("sendEof is not supported over TLS, on the connection with ");
                client.send("x");
            }
            server.waitClosed();
        });
    }
}
