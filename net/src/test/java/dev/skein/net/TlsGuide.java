package dev.skein.net;

import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The programs of docs/tls.md, which TlsGuideTest compares with that page and runs. */
final class TlsGuide {
    private TlsGuide() {}

    // [a server
    static Server startEcho(File certificates, File key, int port) throws IOException {
        SslContext context = SslContextBuilder.forServer(certificates, key).build();
        return startServer(TlsGuide::echo, "127.0.0.1", port, o -> o.withTls(context));
    }

    static void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }
    // ]

    // [a client
    static String ask(String host, int port, File authority, String line) throws IOException {
        SslContext context =
                SslContextBuilder.forClient().trustManager(authority).build();
        try (Connection connection = openConnection(host, port, o -> o.withTls(context))) {
            connection.writer().writeLine(line);
            return String.valueOf(connection.reader().readLine());
        }
    }
    // ]

    // [STARTTLS
    static void upgrade(Connection connection, SslContext context) throws IOException {
        connection.writer().writeLine("STARTTLS");
        if (!"go".equals(connection.reader().readLine())) {
            throw new IOException("the server does not encrypt");
        }
        connection.startTls(
                TlsOptions.of(context).withServerName("localhost").withHandshakeTimeout(Duration.ofSeconds(10)));
    }
    // ]

    // [new certificates
    static Server startRenewable(AtomicReference<SslContext> current, int port) throws IOException {
        TlsOptions tls = TlsOptions.of(serverName -> current.get());
        return startServer(TlsGuide::echo, "127.0.0.1", port, o -> o.withTls(tls));
    }
    // ]

    // [the end
    static String askHastily(String host, int port, SslContext context, String question) throws IOException {
        TlsOptions hasty = TlsOptions.of(context).withTruncationAllowed();
        try (Connection connection = openConnection(host, port, o -> o.withTls(hasty))) {
            connection.writer().writeLine(question);
            return new String(connection.reader().readAll(), UTF_8);
        }
    }
    // ]
}
