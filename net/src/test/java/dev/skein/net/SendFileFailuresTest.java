package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Subprocesses.createSubprocessExec;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the connection and of the file when one of them fails. */
class SendFileFailuresTest {
    private static final int SIZE = 8 * 1024 * 1024;

    private final Loopback loopback = new Loopback(Transport.preferred());

    private Path folder;
    private Path path;

    @BeforeEach
    void writeFile(@TempDir Path empty) throws IOException {
        folder = empty;
        path = Files.write(folder.resolve("data"), new byte[SIZE]);
    }

    @FunctionalInterface
    private interface Sending {
        void of(Connection client, Connection peer, FileChannel file) throws Exception;
    }

    private void sending(Transport transport, boolean copy, Sending sending) {
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

    private static void peerClosesInTheMiddle(Connection client, Connection peer, FileChannel file) throws Exception {
        Task<?> closing = createTask(() -> {
            peer.reader().readExactly(1024);
            peer.abort();
        });
        assertThatThrownBy(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("connection with .* was lost: .*");
        closing.await();
        assertThat(file.position()).isBetween(1024L, SIZE - 1L);
        assertThat(client.writer().isClosing()).isTrue();
        assertThatThrownBy(() -> client.writer().write("more")).isInstanceOf(IOException.class);
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_close_peer_in_the_middle_of_receiving")
    void aPeerThatClosesInTheMiddleIsALostConnection(Transport transport) {
        sending(transport, false, SendFileFailuresTest::peerClosesInTheMiddle);
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_fallback_close_peer_in_the_middle_of_receiving")
    void soItIsWhereTheBytesAreCopied(Transport transport) {
        sending(transport, true, SendFileFailuresTest::peerClosesInTheMiddle);
    }

    @EachTransport
    @PortOf("test_sendfile.sendfile_close_peer_after_receiving")
    void aPeerThatClosesWhenItHasAllIsNoFailure(Transport transport) {
        for (boolean copy : new boolean[] {false, true}) {
            sending(transport, copy, (client, peer, file) -> {
                Task<Integer> received = createTask(() -> {
                    byte[] all = peer.reader().readExactly(SIZE);
                    peer.close();
                    return all.length;
                });
                assertThat(client.writer().sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(SIZE);
                assertThat(file.position()).isEqualTo(SIZE);
                assertThat(received.await()).isEqualTo(SIZE);
            });
        }
    }

    @Test
    @PortOf("test_sendfile.sendfile_for_closing_transp")
    void overAConnectionThatIsClosingNothingIsSent() {
        sending(Transport.preferred(), false, (client, peer, file) -> {
            client.writer().close();
            assertThatThrownBy(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith(" is closed");
            assertThat(file.position()).isZero();
            assertThat(peer.reader().readAll()).isEmpty();
        });
    }

    @Test
    void closingTheConnectionEndsItAndSoDoesItsLoss() {
        sending(Transport.preferred(), false, (client, peer, file) -> {
            Task<Long> sending = createTask(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE));
            peer.reader().readExactly(1);
            client.abort();
            assertThatThrownBy(sending::await).hasMessageEndingWith(" is closed");
            client.writer().waitClosed();
        });
    }

    @Test
    void afterTheEndItIsRefusedAsAWriteIs() {
        sending(Transport.preferred(), false, (client, peer, file) -> {
            client.writer().writeEof();
            assertThatThrownBy(() -> client.writer().sendFile(path))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("write after writeEof");
        });
    }

    @Test
    @PortOf("test_sendfile.sendfile_not_supported")
    void aProcessIsNotSentAFile() {
        loopback.run(() -> {
            try (Subprocess cat = createSubprocessExec(List.of("cat"), SubprocessOptions::withPipes);
                    FileChannel file = FileChannel.open(path)) {
                assertThatThrownBy(() -> cat.stdin().sendFile(file, 0, Long.MAX_VALUE))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageMatching(
                                "sendFile is not supported for process \\d+: start the process with the file"
                                        + " as its standard input, or read the file and write\\(\\) its bytes");
                assertThat(file.position()).isZero();
            }
        });
    }

    @Test
    void aFileThatCannotBeReadDoesNotCostTheConnection() {
        loopback.talk((client, peer) -> {
            StreamWriter writer = client.writer();
            assertThatThrownBy(() -> writer.sendFile(folder.resolve("missing")))
                    .isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> writer.sendFile(folder)).isInstanceOf(IOException.class);
            try (FileChannel writeOnly = FileChannel.open(path, StandardOpenOption.WRITE)) {
                assertThatThrownBy(() -> writer.sendFile(writeOnly, 0, 1))
                        .isInstanceOf(NonReadableChannelException.class);
            }
            FileChannel closed = FileChannel.open(path);
            closed.close();
            assertThatThrownBy(() -> writer.sendFile(closed, 0, 1)).isInstanceOf(ClosedChannelException.class);
            writer.writeLine("still there");
            assertThat(peer.reader().readLine()).isEqualTo("still there");
        });
    }

    @Test
    void theFileIsClosedHoweverSendFileEnds() {
        loopback.talk((client, peer) -> {
            assertThat(client.writer().sendFile(path, 0, 1)).isEqualTo(1);
            assertThat(Descriptors.of(path)).isZero();
            Task<Long> opening = createTask(() -> client.writer().sendFile(path, 0, 1));
            yieldNow();
            opening.cancel();
            assertThatThrownBy(opening::await).isInstanceOf(CancelledError.class);
            until(() -> Descriptors.of(path) == 0);

            Task<Long> sending = createTask(() -> client.writer().sendFile(path));
            peer.reader().readExactly(2);
            peer.abort();
            assertThatThrownBy(sending::await)
                    .isInstanceOf(RuntimeException.class)
                    .hasCauseInstanceOf(IOException.class);
            assertThat(Descriptors.of(path)).isZero();
        });
    }

    @Test
    void aFileThatGrowsMeanwhileIsSentWithWhatWasAdded() {
        sending(Transport.preferred(), false, (client, peer, file) -> {
            Task<Long> sending = createTask(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE));
            peer.reader().readExactly(1);
            Files.writeString(path, "more", StandardOpenOption.APPEND);
            Task<byte[]> rest = createTask(() -> peer.reader().readAll());
            assertThat(sending.await()).isEqualTo(SIZE + 4);
            client.close();
            assertThat(rest.await()).hasSize(SIZE + 3).endsWith("more".getBytes(UTF_8));
        });
    }

    /** Cuts the file to {@code left} bytes while the peer does not read, and gives what was sent. */
    private void isCutShort(Transport transport, boolean copy, int left) {
        sending(transport, copy, (client, peer, file) -> {
            Task<Long> sending = createTask(() -> client.writer().sendFile(file, 0, Long.MAX_VALUE));
            peer.reader().readExactly(1);
            peer.channel().config().setAutoRead(false);
            until(() -> !client.channel().isWritable() || isQueued(client));
            try (FileChannel cut = FileChannel.open(path, StandardOpenOption.WRITE)) {
                cut.truncate(left);
            }
            peer.channel().config().setAutoRead(true);
            Task<byte[]> rest = createTask(() -> peer.reader().readAll());
            long sent = sending.await();
            assertThat(sent).isLessThan(SIZE);
            assertThat(file.position()).isEqualTo(sent);
            client.writer().write("goes on");
            client.close();
            assertThat(rest.await())
                    .hasSize((int) sent - 1 + "goes on".length())
                    .endsWith("goes on".getBytes(UTF_8));
        });
    }

    /** Whether a piece of the file waits for the peer. */
    private static boolean isQueued(Connection client) {
        ChannelOutboundBuffer queue = client.channel().unsafe().outboundBuffer();
        return queue != null && queue.current() != null && queue.currentProgress() > 0;
    }

    @EachTransport
    void aFileThatIsCutShortMeanwhileEndsEarlyAndSaysSoByTheCount(Transport transport) {
        isCutShort(transport, false, 10);
    }

    @EachTransport
    void soItIsWhereAPieceIsCutInTheMiddle(Transport transport) {
        for (int left = SIZE / 2; left > SIZE / 16; left -= 300_001) {
            writeAgain();
            isCutShort(transport, false, left);
        }
    }

    @EachTransport
    void soItIsWhereACutFileIsCopied(Transport transport) {
        isCutShort(transport, true, 10);
    }

    private void writeAgain() {
        try {
            Files.write(path, new byte[SIZE]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
