package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Files over TLS: each byte is read and encrypted, and all else is as it is without. */
class SendFileOverTlsTest extends FileFixture {
    private final Loopback loopback = new Loopback(Transport.preferred());

    private void sending(Sending sending) {
        loopback.talk(
                options -> options.withTls(TestTls.JDK.client()),
                options -> options.withTls(TestTls.JDK.server()),
                (client, peer) -> {
                    try (FileChannel file = FileChannel.open(path)) {
                        sending.of(client, peer, file);
                    }
                });
    }

    @Test
    @PortOf("test_sendfile.sendfile_ssl")
    void aFileArrivesWholeAndItsPositionIsItsEnd() {
        sending((client, peer, file) -> {
            Task<byte[]> received = readAll(peer);
            assertThat(client.writer().sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(DATA.length);
            assertThat(file.position()).isEqualTo(DATA.length);
            client.close();
            assertThat(received.await()).isEqualTo(DATA);
        });
    }

    @Test
    @PortOf("test_sendfile.sendfile_ssl_partial")
    void aPartIsSentAndNoMore() {
        sending((client, peer, file) -> {
            Task<byte[]> received = readAll(peer);
            assertThat(client.writer().sendFile(file, 1000, 100)).isEqualTo(100);
            assertThat(file.position()).isEqualTo(1100);
            client.close();
            assertThat(received.await()).isEqualTo(Arrays.copyOfRange(DATA, 1000, 1100));
        });
    }

    @Test
    @PortOf("test_sendfile.sendfile_ssl_pre_and_post_data")
    void writesBeforeAndAfterAFileKeepTheirPlaces() {
        byte[] before = "zxcvbnm".repeat(1024).getBytes(UTF_8);
        byte[] after = "0987654321".repeat(1024).getBytes(UTF_8);
        sending((client, peer, file) -> {
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

    @Test
    @PortOf("test_sendfile.sendfile_ssl_close_peer_after_receiving")
    void aPeerThatClosesWhenItHasAllIsNoFailure() {
        sending((client, peer, file) -> {
            Task<byte[]> received = createTask(() -> {
                byte[] all = peer.reader().readExactly(DATA.length);
                peer.close();
                return all;
            });
            assertThat(client.writer().sendFile(file, 0, Long.MAX_VALUE)).isEqualTo(DATA.length);
            assertThat(received.await()).isEqualTo(DATA);
            assertThat(file.position()).isEqualTo(DATA.length);
        });
    }
}
