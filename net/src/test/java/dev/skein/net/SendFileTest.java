package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files over a connection, taken by the kernel and copied by us. */
class SendFileTest extends FileFixture {
    /** Over a small socket buffer; once as it is, and once with a handler in front of ours that has to see the bytes. */
    private void bothWays(Transport transport, Sending sending) {
        for (boolean copy : new boolean[] {false, true}) {
            new Loopback(transport).talk((client, peer) -> {
                client.channel().config().setOption(ChannelOption.SO_SNDBUF, 64 * 1024);
                if (copy) {
                    client.channel().pipeline().addFirst(new ChannelDuplexHandler());
                }
                try (FileChannel file = FileChannel.open(path)) {
                    sending.of(client, peer, file);
                }
            });
        }
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile")
    @PortOf("test_sendfile.sendfile_force_fallback")
    @PortOf("test_sendfile.sock_sendfile_success")
    @PortOf("test_base_events.sock_sendfile_fallback")
    void aFileArrivesWholeAndItsPositionIsItsEnd(Transport transport) {
        bothWays(transport, (client, peer, file) -> {
            Task<byte[]> received = readAll(peer);
            assertThat(client.writer().sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(DATA.length);
            assertThat(file.position()).isEqualTo(DATA.length);
            client.close();
            assertThat(received.await()).isEqualTo(DATA);
        });
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_offset")
    @PortOf("test_sendfile.sock_sendfile_offset")
    void aFileIsSentFromTheOffsetWhateverItsPosition(Transport transport) {
        for (int offset : new int[] {0, DATA.length / 2, DATA.length}) {
            bothWays(transport, (client, peer, file) -> {
                file.position(123);
                Task<byte[]> received = readAll(peer);
                assertThat(client.writer().sendFile(file, offset, Long.MAX_VALUE))
                        .isEqualTo(DATA.length - offset);
                assertThat(file.position()).isEqualTo(DATA.length);
                client.close();
                assertThat(received.await()).isEqualTo(Arrays.copyOfRange(DATA, offset, DATA.length));
            });
        }
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_partial")
    @PortOf("test_sendfile.sock_sendfile_with_offset_and_count")
    @PortOf("test_base_events.sock_sendfile_fallback_offset_and_count")
    void aPartIsSentAndNoMore(Transport transport) {
        bothWays(transport, (client, peer, file) -> {
            Task<byte[]> received = readAll(peer);
            assertThat(client.writer().sendFile(file, 1000, 100)).isEqualTo(100);
            assertThat(file.position()).isEqualTo(1100);
            assertThat(client.writer().sendFile(file, 1100, 2000)).isEqualTo(2000);
            assertThat(file.position()).isEqualTo(3100);
            client.close();
            assertThat(received.await()).isEqualTo(Arrays.copyOfRange(DATA, 1000, 3100));
        });
    }

    @EachTransport
    @PortOf("test_sendfile.sock_sendfile_zero_size")
    void ofAnEmptyFileNothingIsSent(Transport transport) throws IOException {
        Files.write(path, new byte[0]);
        bothWays(transport, (client, peer, file) -> {
            assertThat(client.writer().sendFile(file, 0, Long.MAX_VALUE)).isZero();
            assertThat(file.position()).isZero();
            client.close();
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_pre_and_post_data")
    @PortOf("test_sendfile.sock_sendfile_mix_with_regular_send")
    void writesBeforeAndAfterAFileKeepTheirPlaces(Transport transport) {
        byte[] before = "PREFIX__".repeat(8 * 1024).getBytes(UTF_8);
        byte[] after = "--SUFFIX".repeat(8 * 1024).getBytes(UTF_8);
        bothWays(transport, (client, peer, file) -> {
            Task<byte[]> received = readAll(peer);
            client.writer().write(before);
            assertThat(client.writer().sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(DATA.length);
            client.writer().write(after);
            client.close();
            byte[] all = ByteBuffer.allocate(before.length + DATA.length + after.length)
                    .put(before)
                    .put(DATA)
                    .put(after)
                    .array();
            assertThat(received.await()).isEqualTo(all);
            assertThat(file.position()).isEqualTo(DATA.length);
        });
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_prevents_bare_write")
    void anotherWriteWaitsForTheEndOfItAndACallbackIsRefused(Transport transport) {
        bothWays(transport, (client, peer, file) -> {
            Task<Long> sending = createTask(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE));
            Task<?> writing = createTask(() -> {
                client.writer().write("after");
                client.writer().writeEof();
            });
            Task<?> ending = createTask(() -> client.writer().writeEof());
            yieldNow();
            Throwable[] refused = new Throwable[1];
            Loop.current().callSoon(() -> {
                try {
                    client.writer().write("data");
                } catch (Throwable e) {
                    refused[0] = e;
                }
            });
            yieldNow();
            yieldNow();
            assertThat(refused[0])
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("write during sendFile, on the connection with "
                            + Loopback.text(client.remoteAddress())
                            + ": a callback cannot wait for its end, so write in a coroutine");
            assertThat(writing.isDone() || ending.isDone()).isFalse();
            byte[] all = peer.reader().readExactly(DATA.length);
            assertThat(all).isEqualTo(DATA);
            assertThat(peer.reader().readAll()).asString(UTF_8).isEqualTo("after");
            assertThat(sending.await()).isEqualTo(DATA.length);
            writing.await();
            ending.await();
        });
    }

    @EachTransport
    void twoFilesAtOnceGoOneAfterTheOther(Transport transport) {
        bothWays(transport, (client, peer, file) -> {
            Task<Long> first = createTask(() -> client.writer().sendFile(file, 0, 700_000));
            Task<Long> second = createTask(() -> client.writer().sendFile(path, 700_000, Long.MAX_VALUE));
            assertThat(peer.reader().readExactly(DATA.length)).isEqualTo(DATA);
            assertThat(first.await() + second.await()).isEqualTo(DATA.length);
        });
    }

    @EachTransport
    void afterACancellationThePositionTellsWhereToGoOn(Transport transport) {
        bothWays(transport, (client, peer, file) -> {
            Task<Long> sending = createTask(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE));
            byte[] begin = peer.reader().readExactly(50_000);
            sending.cancel();
            until(sending::isDone);
            assertThat(sending.isCancelled()).isTrue();
            assertThat(file.position()).isBetween(50_000L, DATA.length - 1L);

            createTask(() -> client.writer().sendFile(file, file.position(), Long.MAX_VALUE));
            byte[] rest = peer.reader().readExactly(DATA.length - begin.length);
            assertThat(ByteBuffer.allocate(DATA.length).put(begin).put(rest).array())
                    .isEqualTo(DATA);
            client.writer().writeEof();
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @EachTransport
    void theFileMayBeClosedRightAfterACancellation(Transport transport) {
        bothWays(transport, (client, peer, file) -> {
            Task<Long> sending = createTask(() -> client.writer().sendFile(path));
            peer.reader().readExactly(1);
            sending.cancel();
            until(sending::isDone);
            assertThat(Descriptors.of(path)).isEqualTo(1);
            client.writer().write("end");
            client.writer().writeEof();
            assertThat(peer.reader().readAll()).endsWith('e', 'n', 'd');
        });
    }

    /** A memory of what Netty was given to write. */
    private static boolean takesRegions(Connection connection, Path file) throws IOException {
        boolean[] seen = new boolean[1];
        MessageSizeEstimator.Handle usual =
                connection.channel().config().getMessageSizeEstimator().newHandle();
        connection.channel().config().setMessageSizeEstimator(() -> message -> {
            seen[0] |= message instanceof FileRegion;
            return usual.size(message);
        });
        connection.writer().sendFile(file);
        return seen[0];
    }

    @EachTransport
    void theKernelTakesTheBytesUnlessSomebodyHasToSeeThem(Transport transport) throws IOException {
        Files.writeString(path, "short");
        new Loopback(transport).talk((client, peer) -> {
            assertThat(takesRegions(client, path)).isEqualTo(transport != Transport.IO_URING);
            assertThat(peer.reader().readExactly(5)).asString(UTF_8).isEqualTo("short");
            peer.channel().pipeline().addFirst(new ChannelDuplexHandler());
            assertThat(takesRegions(peer, path)).isFalse();
            assertThat(client.reader().readExactly(5)).asString(UTF_8).isEqualTo("short");
        });
    }

    @Test
    void aFileThatIsNotTheSystemsIsCopied() {
        URI archive = URI.create("jar:" + folder.resolve("files.zip").toUri());
        new Loopback(Transport.preferred()).talk((client, peer) -> {
            try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
                Path inside = Files.write(zip.getPath("data"), DATA);
                Task<byte[]> received = readAll(peer);
                assertThat(client.writer().sendFile(inside)).isEqualTo(DATA.length);
                client.close();
                assertThat(received.await()).isEqualTo(DATA);
            }
        });
    }

    @Test
    @PortOf("test_base_events.negative_count")
    @PortOf("test_base_events.negative_offset")
    void argumentsThatCannotBeAreRefused() {
        new Loopback(Transport.preferred()).talk((client, peer) -> {
            assertThatThrownBy(() -> client.writer().sendFile(path, -1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("offset < 0: -1");
            assertThatThrownBy(() -> client.writer().sendFile(path, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("count < 1: 0");
            assertThatThrownBy(() -> client.writer().sendFile(path, 0, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("count < 1: -1");
            try (FileChannel file = FileChannel.open(path)) {
                assertThatThrownBy(() -> client.writer().sendFile(file, -1, 1)).hasMessage("offset < 0: -1");
                assertThatThrownBy(() -> client.writer().sendFile(file, 0, 0)).hasMessage("count < 1: 0");
            }
        });
    }
}
