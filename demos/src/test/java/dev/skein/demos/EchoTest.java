package dev.skein.demos;

import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.net.Connection;
import dev.skein.net.ConnectionHandler;
import dev.skein.net.Server;
import io.netty.channel.ChannelOption;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The echo server's handler and the echo client, in one JVM. */
class EchoTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();

    /** What a test does with a server, in a coroutine. */
    private interface Visit {
        void at(Server server) throws Exception;
    }

    /** Fails also for an error that nobody awaited. */
    private static void serve(ConnectionHandler handler, Visit visit) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                try (Server server = startServer(handler, "127.0.0.1", 0)) {
                    visit.at(server);
                }
            });
        }
    }

    @Test
    void everyByteComesBack() {
        byte[] bytes = new byte[1_000_000];
        new Random(1).nextBytes(bytes);

        serve(EchoServer::echo, server -> {
            try (Connection client = openConnection("127.0.0.1", server.port())) {
                for (int from = 0; from < bytes.length; from += 100_000) {
                    client.writer().write(bytes, from, 100_000);
                }
                client.writer().writeEof();
                assertThat(client.reader().readAll()).isEqualTo(bytes);
            }
        });
    }

    @Test
    void aConnectionThatIsLostDoesNotTouchTheOthers() {
        serve(EchoServer::echo, server -> {
            Connection stays = openConnection("127.0.0.1", server.port());
            Connection goes = openConnection("127.0.0.1", server.port());
            goes.writer().writeLine("unread");
            goes.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            goes.abort();

            stays.writer().writeLine("still here");
            assertThat(stays.reader().readLine()).isEqualTo("still here");
        });
    }

    @Test
    void theReadmesServerSendsEveryLineBack() {
        serve(new Echo()::echo, server -> {
            try (Connection client = openConnection("127.0.0.1", server.port())) {
                client.writer().write("one\ntwo\n");
                client.writer().writeEof();
                assertThat(client.reader().readAll()).asString(UTF_8).isEqualTo("one\ntwo\n");
            }
        });
    }

    @Test
    void theClientSendsItsArguments() {
        serve(EchoServer::echo, server -> {
            assertThat(client(server.port(), "", "one", "two words")).isZero();
        });

        assertThat(out).hasToString("one\ntwo words\n");
    }

    @Test
    void withoutArgumentsTheClientSendsItsInput() {
        serve(EchoServer::echo, server -> {
            assertThat(client(server.port(), "één\ntwo\nno end")).isZero();
        });

        assertThat(out.toString(UTF_8)).isEqualTo("één\ntwo\nno end\n");
    }

    @Test
    void theClientSaysThatTheServerHasClosedTheConnection() throws IOException {
        InputStream never = new PipedInputStream(new PipedOutputStream());

        serve(peer -> peer.writer().writeLine("bye"), server -> {
            assertThat(client(server.port(), never)).isEqualTo(1);
        });

        assertThat(out).hasToString("bye\n");
        assertThat(errors).hasToString("echo-client: the server has closed the connection\n");
    }

    private int client(int port, String input, String... lines) {
        return client(port, new ByteArrayInputStream(input.getBytes(UTF_8)), lines);
    }

    /** Runs the client on another thread, with a loop of its own, and gives its exit status. */
    private int client(int port, InputStream input, String... lines) {
        CommandLine client = Program.commandLine(new EchoClient(input, new PrintStream(out, true, UTF_8)))
                .setErr(new PrintWriter(errors, true));
        List<String> args = new ArrayList<>(List.of("--port", String.valueOf(port)));
        args.addAll(List.of(lines));
        return toThread(() -> Program.execute(client, args.toArray(String[]::new)));
    }
}
