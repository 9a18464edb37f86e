package dev.skein.net;

import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A client of a server that knows nothing of loops: one thread of the JDK's, which answers one request and closes. */
class PlainServerTest {
    private static final byte[] ANSWER =
            "HTTP/1.0 200 OK\r\nContent-type: text/plain\r\nContent-Length: 12\r\n\r\nTest message"
                    .getBytes(ISO_8859_1);

    @FunctionalInterface
    private interface Client {
        void talk(Connection connection) throws Exception;
    }

    private static void withServer(Transport transport, Client client) throws IOException {
        Loopback loopback = new Loopback(transport);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = Thread.ofPlatform().daemon().start(() -> answer(server));
            loopback.run(() -> client.talk(openConnection(HOST, server.getLocalPort())));
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket peer = server.accept();
                BufferedReader request = new BufferedReader(new InputStreamReader(peer.getInputStream(), ISO_8859_1))) {
            while (!String.valueOf(request.readLine()).isEmpty()) {
                // Up to the empty line.
            }
            peer.getOutputStream().write(ANSWER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @EachTransport
    @PortOf("test_streams.open_connection")
    @PortOf("test_streams.async_writer_api")
    @PortOf("test_streams.wait_closed_on_close")
    void anAnswerIsReadByLineAndToTheEnd(Transport transport) throws IOException {
        withServer(transport, connection -> {
            connection.writer().write("GET / HTTP/1.0\r\n\r\n");
            assertThat(connection.reader().readLine()).isEqualTo("HTTP/1.0 200 OK");
            assertThat(new String(connection.reader().readAll(), ISO_8859_1)).endsWith("\r\n\r\nTest message");
            assertThat(connection.writer().isClosing()).isFalse();
            connection.writer().close();
            assertThat(connection.writer().isClosing()).isTrue();
            connection.writer().waitClosed();
            assertThat(connection.channel().isOpen()).isFalse();
        });
    }

    @EachTransport
    @PortOf("test_streams.wait_closed_on_close_with_unread_data")
    void unreadBytesDoNotKeepTheConnectionFromClosing(Transport transport) throws IOException {
        withServer(transport, connection -> {
            connection.writer().write("GET / HTTP/1.0\r\n\r\n");
            assertThat(connection.reader().readLine()).isEqualTo("HTTP/1.0 200 OK");
            connection.writer().close();
            connection.writer().waitClosed();
        });
    }

    @EachTransport
    void aHeadIsReadUntilTheEmptyLine(Transport transport) throws IOException {
        withServer(transport, connection -> {
            connection.writer().write("GET / HTTP/1.0\r\n\r\n");
            byte[] head = connection.reader().readUntil("\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(new String(head, ISO_8859_1))
                    .startsWith("HTTP/1.0 200 OK")
                    .endsWith("12\r\n\r\n");
            assertThat(new String(connection.reader().readExactly(12), ISO_8859_1))
                    .isEqualTo("Test message");
            connection.close();
        });
    }
}
