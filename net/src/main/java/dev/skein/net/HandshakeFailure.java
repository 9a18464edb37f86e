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

/** What a failed handshake is told as: with whom, why, and what to do about it. */
final class HandshakeFailure {
    /** Chains of causes may have rings. */
    private static final int DEEPEST = 20;

    private HandshakeFailure() {}

    static SSLHandshakeException timeout(String peer, TlsOptions options) {
        return new SslHandshakeTimeoutException("TLS handshake with " + peer + " is taking longer than "
                + options.handshakeTimeout() + ", so the connection was aborted: does the peer speak TLS there?");
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
            return "what the peer sends is not TLS: is the port right, and does it expect words in clear and then startTls?";
        }
        if (has(causes, ClosedChannelException.class)) {
            return "the connection was closed meanwhile";
        }
        if (has(causes, CertificateExpiredException.class) || has(causes, CertificateNotYetValidException.class)) {
            return "the peer's certificate is not valid at this time (" + text(causes.getLast())
                    + "): the peer has to renew it, or a clock is wrong";
        }
        if (has(causes, CertPathBuilderException.class)) {
            return "the peer's certificate is signed by nobody that our SslContext trusts (" + text(causes.getLast())
                    + "): if you do, give it the signer with SslContextBuilder.trustManager(...)";
        }
        for (Throwable cause : causes) {
            if (cause instanceof CertificateException && text(cause).startsWith("No ")) {
                return "the peer's certificate is not for "
                        + options.serverName().orElse("its address") + " (" + text(cause)
                        + "): if the peer has another name, say it with TlsOptions.withServerName(...)";
            }
        }
        String text = text(causes.getLast());
        return text.contains("fatal alert") ? text + ": the peer refused, and its log should say why" : text;
    }

    private static boolean has(List<Throwable> causes, Class<?> type) {
        return causes.stream().anyMatch(type::isInstance);
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
