package dev.skein.net;

import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The timers of a handshake and of a shutdown end with these, in virtual time. */
class TlsTimersTest {
    private static TlsOptions impatient(TlsOptions tls) {
        return tls.withHandshakeTimeout(Duration.ofSeconds(5)).withShutdownTimeout(Duration.ofSeconds(7));
    }

    @Test
    void aConnectionOutlivesBothTimeouts(@TempDir Path directory) {
        TlsOptions client = impatient(TlsOptions.of(TestTls.JDK.client()).withServerName("localhost"));
        TlsOptions server = impatient(TlsOptions.of(TestTls.JDK.server()));
        new VirtualLoopback(directory).talk(o -> o.withTls(client), o -> o.withTls(server), (one, other) -> {
            Tls tls = StreamEndpoint.of(one.channel()).tls();
            assertThat(tls).hasToString("TLS OPEN");
            sleep(Duration.ofMinutes(1));
            one.writer().writeLine("still here");
            assertThat(other.reader().readLine()).isEqualTo("still here");
            one.close();
            assertThat(tls).hasToString("TLS CLOSED");
            sleep(Duration.ofMinutes(1));
            one.writer().waitClosed();
            other.writer().waitClosed();
        });
    }
}
