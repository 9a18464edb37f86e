package dev.skein.net;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;

/** The exceptions for failed handshakes: with which peer, why, and what to do about it. */
final class HandshakeFailure {
    /** Chains of causes may have rings. */
    private static final int DEEPEST = 20;

    private HandshakeFailure() {}

    static SSLHandshakeException timeout(String peer, TlsOptions options) {
        return new SslHandshakeTimeoutException("TLS handshake with " + peer + " was not complete within "
                + DurationText.of(options.handshakeTimeout())
                + ", so the connection was aborted: does the peer speak TLS on this port?");
    }

    static SSLHandshakeException of(Throwable cause, String peer, TlsOptions options) {
        if (cause instanceof SslHandshakeTimeoutException timeout) {
            return timeout;
        }
        String whom = options.isClient() && options.serverName().isPresent()
                ? options.serverName().get() + " (" + peer + ")"
                : peer;
        SSLHandshakeException failure =
                new SSLHandshakeException("TLS handshake with " + whom + " failed: " + reason(cause, options));
        failure.initCause(cause);
        return failure;
    }

    private static String reason(Throwable thrown, TlsOptions options) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && causes.size() < DEEPEST; cause = cause.getCause()) {
            causes.add(cause);
        }
        if (has(causes, NotSslRecordException.class)) {
            return "the peer did not send TLS: is it another port, or a plaintext protocol that needs startTls?";
        }
        if (has(causes, ClosedChannelException.class)) {
            return "the connection was closed during the handshake";
        }
        if (has(causes, CertificateExpiredException.class) || has(causes, CertificateNotYetValidException.class)) {
            return "the peer's certificate has expired or is not yet valid (" + text(causes.getLast())
                    + "): the peer must renew it, or one of the clocks is wrong";
        }
        if (has(causes, CertPathBuilderException.class)) {
            return "the peer's certificate is not signed by a CA that the SslContext trusts (" + text(causes.getLast())
                    + "): if you trust the signer, add it with SslContextBuilder.trustManager(...)";
        }
        for (Throwable cause : causes) {
            if (cause instanceof CertificateException && text(cause).startsWith("No ")) {
                return "the peer's certificate is not for "
                        + options.serverName().orElse("its address") + " (" + text(cause)
                        + "): if the peer has another name, set it with TlsOptions.withServerName(...)";
            }
        }
        String text = text(causes.getLast());
        return text.contains("fatal alert") ? text + ": the peer refused the handshake; its log may say why" : text;
    }

    private static boolean has(List<Throwable> causes, Class<?> type) {
        return causes.stream().anyMatch(type::isInstance);
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
