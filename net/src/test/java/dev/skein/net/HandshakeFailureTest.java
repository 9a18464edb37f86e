package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What a failed handshake is told as, by what it failed by. */
class HandshakeFailureTest {
    private static final String PEER = "127.0.0.1:443";
    private static final TlsOptions SERVER = TlsOptions.of(TestTls.JDK.server());
    private static final TlsOptions CLIENT = TlsOptions.of(TestTls.JDK.client());
    private static final TlsOptions NAMED = CLIENT.withServerName("example.org");

    private static String told(Throwable cause, TlsOptions options) {
        SSLHandshakeException failure = HandshakeFailure.of(cause, PEER, options);
        assertThat(failure).hasCause(cause);
        return String.valueOf(failure.getMessage());
    }

    @Test
    void aClientNamesWhomItExpectedAndAServerItsPeer() {
        IOException cause = new IOException("why");
        assertThat(told(cause, NAMED)).isEqualTo("TLS handshake with example.org (127.0.0.1:443) failed: why");
        assertThat(told(cause, CLIENT)).isEqualTo("TLS handshake with 127.0.0.1:443 failed: why");
        assertThat(told(cause, SERVER)).isEqualTo("TLS handshake with 127.0.0.1:443 failed: why");
        assertThat(told(cause, SERVER.withServerName("example.org")))
                .isEqualTo("TLS handshake with 127.0.0.1:443 failed: why");
    }

    @Test
    void aTimeoutIsToldAsItIs() {
        SslHandshakeTimeoutException timeout = new SslHandshakeTimeoutException("too long");
        assertThat(HandshakeFailure.of(timeout, PEER, CLIENT)).isSameAs(timeout);
    }

    @Test
    void aCauseBehindOtherCausesCounts() {
        assertThat(told(behind(new NotSslRecordException("no")), CLIENT)).contains("the peer did not send TLS");
        assertThat(told(behind(new ClosedChannelException()), CLIENT))
                .endsWith("the connection was closed during the handshake");
        assertThat(told(behind(new CertificateExpiredException("long ago")), CLIENT))
                .endsWith("the peer's certificate has expired or is not yet valid (long ago): the peer must renew it,"
                        + " or one of the clocks is wrong");
        assertThat(told(behind(new CertificateNotYetValidException("soon")), CLIENT))
                .contains("the peer's certificate has expired or is not yet valid (soon)");
        assertThat(told(behind(new CertPathBuilderException("no path")), CLIENT))
                .contains("the peer's certificate is not signed by a CA that the SslContext trusts (no path)");
    }

    @Test
    void aCertificateForAnotherIsToldWithTheNameThatWasExpected() {
        CertificateException another = new CertificateException("No name matching found");
        assertThat(told(behind(another), NAMED))
                .contains("the peer's certificate is not for example.org (No name matching found)");
        assertThat(told(behind(another), CLIENT))
                .contains("the peer's certificate is not for its address (No name matching found)");
        assertThat(told(behind(new CertificateException("revoked")), NAMED)).endsWith(" failed: revoked");
    }

    @Test
    void anAlertIsThePeersRefusal() {
        assertThat(told(new IOException("Received fatal alert: protocol_version"), CLIENT))
                .endsWith(
                        " failed: Received fatal alert: protocol_version: the peer refused the handshake; its log may say why");
    }

    @Test
    void aCauseWithoutATextIsNamed() {
        assertThat(told(new IOException((String) null), CLIENT)).endsWith(" failed: java.io.IOException");
    }

    @Test
    void aRingOfCausesHasAnEndAndTwentyAreLookedAt() {
        Throwable deepest = new IOException("cause 1");
        for (int i = 2; i <= 30; i++) {
            deepest = new IOException("cause " + i, deepest);
        }
        assertThat(told(deepest, CLIENT)).endsWith(" failed: cause 11");
        IOException one = new IOException("one");
        one.initCause(new IOException("other", one));
        assertThat(told(one, CLIENT)).endsWith(" failed: other");
    }

    private static Throwable behind(Throwable cause) {
        return new IOException("outer", new IllegalStateException("inner", cause));
    }
}
