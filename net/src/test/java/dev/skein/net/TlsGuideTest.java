package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The page docs/tls.md: its programs are those of {@link TlsGuide}, and they run. */
class TlsGuideTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    @Test
    void everyProgramOfThePageIsCompiled() throws IOException {
        GuidePage.assertCompiled("tls.md", TlsGuide.class);
    }

    @Test
    void aClientTrustsTheAuthorityThatSignedTheServersCertificate() throws Exception {
        File certificates = TestTls.LOCALHOST.toTempCertChainPem();
        File key = TestTls.LOCALHOST.toTempPrivateKeyPem();
        File authority = TestTls.AUTHORITY.toTempRootCertPem();
        preferred.run(() -> {
            try (Server server = TlsGuide.startEcho(certificates, key, 0)) {
                assertThat(TlsGuide.ask("localhost", server.port(), authority, "hello"))
                        .isEqualTo("hello");
            }
        });
    }

    @Test
    void aConnectionIsEncryptedLater() {
        preferred.talk((client, peer) -> {
            Task<?> upgrading = createTask(() -> TlsGuide.upgrade(client, TestTls.JDK.client()));
            assertThat(peer.reader().readLine()).isEqualTo("STARTTLS");
            peer.writer().writeLine("go");
            peer.startTls(TestTls.JDK.server());
            upgrading.await();
            assertThat(client.tls()).isPresent();
        });
    }

    @Test
    void theContextIsAskedForAtEachHandshake() {
        preferred.run(() -> {
            try (Server server = TlsGuide.startRenewable(new AtomicReference<>(TestTls.JDK.server()), 0);
                    Connection connection = openConnection(HOST, server.port(), o -> o.withTls(TestTls.JDK.client()))) {
                connection.writer().writeLine("hello");
                assertThat(connection.reader().readLine()).isEqualTo("hello");
            }
        });
    }

    @Test
    void aPeerMayEndItsTcpStreamOnly() {
        preferred.run(() -> JdkPeer.serve(
                1,
                socket -> {
                    JdkPeer.asServer(socket).getOutputStream().write("an answer".getBytes(UTF_8));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                },
                port -> assertThat(TlsGuide.askHastily("localhost", port, TestTls.JDK.client(), "what?"))
                        .isEqualTo("an answer")));
    }
}
