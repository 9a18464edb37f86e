package dev.skein.net;

import static dev.skein.net.Loopback.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import dev.skein.loop.testing.Trail;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Small writes of one pass of the loop become one write of Netty's. */
class GatheredWritesTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    /** How many bytes each of Netty's writes had. */
    private final Trail writes = new Trail();

    private Connection watched(Connection connection) {
        connection.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object bytes, ChannelPromise written) {
                writes.add(String.valueOf(((ByteBuf) bytes).readableBytes()));
                ctx.write(bytes, written);
            }
        });
        return connection;
    }

    private static long queued(Connection connection) {
        return Objects.requireNonNull(connection.channel().unsafe().outboundBuffer())
                .totalPendingWriteBytes();
    }

    @Test
    void smallWritesOfOnePassAreOneWrite() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write("one ");
            writer.writeLine("two");
            writer.write("three".getBytes(UTF_8));
            assertThat(writes.entries()).isEmpty();
            assertThat(peer.reader().readExactly(13)).asString(UTF_8).isEqualTo("one two\nthree");
            assertThat(writes.entries()).containsExactly("13");
        });
    }

    @Test
    void eachPassHasItsOwn() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            for (int i = 0; i < 3; i++) {
                int before = i;
                writer.write("abcd");
                // A pass may have several rounds, so that one turn later it may still go on.
                until(() -> writes.entries().size() > before);
            }
            assertThat(peer.reader().readExactly(12)).asString(UTF_8).isEqualTo("abcdabcdabcd");
            assertThat(writes.entries()).containsExactly("4", "4", "4");
        });
    }

    @Test
    void aLargeWriteIsOneOfItsOwnBehindTheSmallOnes() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write("ab");
            writer.write(new byte[CoalescingWriter.MOST_GATHERED]);
            writer.write("cd");
            assertThat(peer.reader().readExactly(CoalescingWriter.MOST_GATHERED + 4))
                    .startsWith('a', 'b', 0)
                    .endsWith('c', 'd');
            assertThat(writes.entries()).containsExactly("2", "" + CoalescingWriter.MOST_GATHERED, "2");
        });
    }

    @Test
    void bytesThatJustFitAreOneWrite() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write(new byte[CoalescingWriter.MOST_GATHERED - 4]);
            writer.write("1234");
            peer.reader().readExactly(CoalescingWriter.MOST_GATHERED);
            assertThat(writes.entries()).containsExactly("" + CoalescingWriter.MOST_GATHERED);
        });
    }

    /** A handler in front of ours, into which only the loop's own thread goes. */
    @Test
    void aCoroutinesWriteGoesBeforeALaterOneOfACallback() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write(Unpooled.wrappedBuffer(new byte[CoalescingWriter.MOST_GATHERED]));
            Loop.current()
                    .callSoon(() -> client.channel()
                            .write(Unpooled.wrappedBuffer(new byte[CoalescingWriter.MOST_GATHERED + 1])));
            peer.reader().readExactly(2 * CoalescingWriter.MOST_GATHERED + 1);
            assertThat(writes.entries())
                    .containsExactly("" + CoalescingWriter.MOST_GATHERED, "" + (CoalescingWriter.MOST_GATHERED + 1));
        });
    }

    @Test
    void abortingReleasesWhatWaitsForTheLoopsOwnThread() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            ByteBuf ours = Unpooled.wrappedBuffer(new byte[CoalescingWriter.MOST_GATHERED]);
            writer.write(ours);
            ChannelFuture nettys = client.channel().write(Unpooled.copiedBuffer("never sent", UTF_8));
            client.abort();
            assertThat(ours.refCnt()).isZero();
            assertThat(nettys.cause()).isInstanceOf(ClosedChannelException.class);
        });
    }

    @Test
    void aLineThatDoesNotFitAnyMoreWithItsEndBeginsAnotherWrite() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write(new byte[CoalescingWriter.MOST_GATHERED - 4]);
            writer.writeLine("1234");
            peer.reader().readExactly(CoalescingWriter.MOST_GATHERED + 1);
            assertThat(writes.entries()).containsExactly("" + (CoalescingWriter.MOST_GATHERED - 4), "5");
        });
    }

    @Test
    void aBufferOfNettysGoesBehindTheSmallOnesAndIsNotCopied() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write("ab");
            writer.write(Unpooled.copiedBuffer("cde", UTF_8));
            writer.write("f");
            assertThat(peer.reader().readExactly(6)).asString(UTF_8).isEqualTo("abcdef");
            assertThat(writes.entries()).containsExactly("2", "3", "1");
        });
    }

    @Test
    void aSmallBufferOfNettysIsSentAsItIsAtTheEndOfThePass() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            ByteBuf bytes = Unpooled.buffer(100).writeBytes("abc".getBytes(UTF_8));
            writer.write(bytes);
            assertThat(writes.entries()).isEmpty();
            writer.write("d");
            assertThat(writes.entries()).isEmpty();
            assertThat(bytes.readableBytes()).isEqualTo(3);
            assertThat(peer.reader().readExactly(4)).asString(UTF_8).isEqualTo("abcd");
            assertThat(writes.entries()).containsExactly("3", "1");
        });
    }

    @Test
    void aLargeBufferOfNettysIsAWriteOfItsOwnBehindTheSmallOne() {
        preferred.talk((client, peer) -> {
            StreamWriter writer = watched(client).writer();
            writer.write(Unpooled.copiedBuffer("ab", UTF_8));
            writer.write(Unpooled.wrappedBuffer(new byte[CoalescingWriter.MOST_GATHERED]));
            assertThat(peer.reader().readExactly(CoalescingWriter.MOST_GATHERED + 2))
                    .startsWith('a', 'b', 0);
            assertThat(writes.entries()).containsExactly("2", "" + CoalescingWriter.MOST_GATHERED);
        });
    }

    /** Where no other handler is in the pipeline: there it need not wait for the loop's own thread. */
    @Test
    void aLargeWriteIsWithNettyAtOnce() {
        preferred.talk((client, peer) -> {
            client.writer().write("ab");
            client.writer().write(new byte[CoalescingWriter.MOST_GATHERED]);
            assertThat(queued(client)).isGreaterThanOrEqualTo(CoalescingWriter.MOST_GATHERED + 2);
            client.writer().write(Unpooled.wrappedBuffer(new byte[CoalescingWriter.MOST_GATHERED]));
            assertThat(queued(client)).isGreaterThanOrEqualTo(2 * CoalescingWriter.MOST_GATHERED + 2);
            assertThat(peer.reader().readExactly(2 * CoalescingWriter.MOST_GATHERED + 2))
                    .startsWith('a', 'b', 0);
        });
    }

    @Test
    void abortingReleasesTheBufferThatWaited() {
        preferred.talk((client, peer) -> {
            ByteBuf bytes = Unpooled.copiedBuffer("never sent", UTF_8);
            client.writer().write(bytes);
            client.abort();
            assertThat(bytes.refCnt()).isZero();
        });
    }

    @Test
    void aBufferThatReachesTheHighWaterMarkIsPassedOn() {
        preferred.talk(options -> options.withWriteMarks(10, 200), options -> options, (client, peer) -> {
            client.writer().write(Unpooled.wrappedBuffer(new byte[150]));
            assertThat(queued(client)).isZero();
            client.writer().write(Unpooled.wrappedBuffer(new byte[60]));
            assertThat(queued(client)).isGreaterThanOrEqualTo(210);
            assertThat(client.channel().isWritable()).isFalse();
        });
    }

    @Test
    void gatheredBytesArePassedOnAtTheHighWaterMark() {
        preferred.talk(options -> options.withWriteMarks(10, 200), options -> options, (client, peer) -> {
            client.writer().write(new byte[150]);
            assertThat(queued(client)).isZero();
            client.writer().write(new byte[60]);
            assertThat(queued(client)).isGreaterThanOrEqualTo(210);
            assertThat(client.channel().isWritable()).isFalse();
        });
    }

    @Test
    void closingSendsItAndAbortingDropsIt() {
        preferred.talk((client, peer) -> {
            client.writer().write("last words");
            client.close();
            assertThat(peer.reader().readAll()).asString(UTF_8).isEqualTo("last words");
            peer.writer().write("an answer");
            peer.abort();
            assertThat(peer.channel().isOpen()).isFalse();
        });
    }

    @Test
    void theEndOfTheStreamIsBehindIt() {
        preferred.talk((client, peer) -> {
            client.writer().write("all");
            client.writer().writeEof();
            assertThat(peer.reader().readAll()).asString(UTF_8).isEqualTo("all");
        });
    }
}
