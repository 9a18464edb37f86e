package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Task;
import io.netty.channel.ChannelOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How bytes flow, whatever carries them: both ways at once, from files, through proxies, and no more than fit. */
interface FlowContract {
    /** Runs {@code talk} with the two ends of a connection. */
    void talk(Loopback.Conversation talk);

    /** How many bytes are much for this carrier. */
    int much();

    /** Skips a test of one direction that ends alone. */
    void assumeHalfClose();

    private static byte[] noise(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void writeInPieces(StreamWriter writer, byte[] all, Random random) throws IOException {
        int from = 0;
        while (from < all.length) {
            int count = Math.min(all.length - from, 1 + random.nextInt(all.length / 10));
            writer.write(all, from, count);
            from += count;
            if (random.nextBoolean()) {
                yieldNow();
            }
        }
        writer.writeEof();
    }

    private static byte[] readInPieces(StreamReader reader, Random random) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = reader.read(10); piece != null; piece = reader.read(1 + random.nextInt(20_000))) {
            all.writeBytes(piece);
            if (random.nextInt(10) == 0) {
                yieldNow();
            }
        }
        return all.toByteArray();
    }

    @Test
    default void randomPiecesBothWaysAtOnceArriveAsTheyWereSent() {
        assumeHalfClose();
        byte[] question = noise(much(), 1);
        byte[] answer = noise(much(), 2);
        talk((client, peer) -> {
            Task<?> asking = createTask(() -> writeInPieces(client.writer(), question, new Random(3)));
            Task<?> answering = createTask(() -> writeInPieces(peer.writer(), answer, new Random(4)));
            Task<byte[]> asked = createTask(() -> readInPieces(peer.reader(), new Random(5)));
            Task<byte[]> answered = createTask(() -> readInPieces(client.reader(), new Random(6)));
            gather(asking, answering, asked, answered).await();
            assertThat(asked.result()).isEqualTo(question);
            assertThat(answered.result()).isEqualTo(answer);
        });
    }

    @Test
    default void writesOfSeveralTasksDoNotMix() {
        int size = much() / 30;
        talk((client, peer) -> {
            for (byte writer = 'a'; writer < 'k'; writer++) {
                byte[] piece = new byte[size];
                Arrays.fill(piece, writer);
                createTask(() -> client.writer().write(piece));
                createTask(() -> client.writer().write(piece));
            }
            for (int i = 0; i < 20; i++) {
                byte[] piece = peer.reader().readExactly(size);
                byte[] same = new byte[size];
                Arrays.fill(same, piece[0]);
                assertThat(piece).isEqualTo(same);
            }
        });
    }

    @Test
    default void aFileIsSentBetweenWhatIsWritten(@TempDir Path folder) throws IOException {
        byte[] content = noise(much() / 2, 7);
        Path file = Files.write(folder.resolve("file"), content);
        talk((client, peer) -> {
            Task<Long> sending = createTask(() -> {
                client.writer().writeLine("before");
                long sent = client.writer().sendFile(file, 10, Long.MAX_VALUE);
                client.writer().writeLine("after");
                return sent;
            });
            assertThat(peer.reader().readLine()).isEqualTo("before");
            assertThat(peer.reader().readExactly(content.length - 10))
                    .isEqualTo(Arrays.copyOfRange(content, 10, content.length));
            assertThat(peer.reader().readLine()).isEqualTo("after");
            assertThat(sending.await()).isEqualTo(content.length - 10);
        });
    }

    @Test
    default void transferredBytesComeBackAndThenTheirEnd() {
        assumeHalfClose();
        byte[] sent = noise(much(), 8);
        talk((client, peer) -> {
            Task<Long> echo = createTask(() -> peer.reader().transferTo(peer.writer()));
            createTask(() -> writeInPieces(client.writer(), sent, new Random(9)));
            assertThat(client.reader().readAll()).isEqualTo(sent);
            assertThat(echo.await()).isEqualTo(sent.length);
        });
    }

    @Test
    default void aWriterThatIgnoresDrainKeepsNoMoreThanItsMarkAndOneMessage() {
        int high = 64 * 1024;
        int message = 10_000;
        assumeTrue(much() > 100_000, "too slow to be filled");
        talk((client, peer) -> {
            client.channel().config().setOption(ChannelOption.SO_SNDBUF, high);
            long[] most = new long[1];
            Task<?> writing = createTask(() -> {
                for (int i = 0; i < 1000; i++) {
                    client.writer().write(new byte[message]);
                    most[0] = Math.max(
                            most[0], client.channel().unsafe().outboundBuffer().totalPendingWriteBytes());
                }
            });
            until(() -> !client.channel().isWritable());
            // And Netty's own 96 for each buffer that is queued.
            assertThat(most[0]).isLessThan(high + message + 96 * (high / message + 2));
            writing.cancel();
            client.abort();
        });
    }
}
