package dev.skein.net;

import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static dev.skein.net.Subprocesses.createSubprocessExec;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Transport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An echo server and the programs that a user tries it with. */
class RealPeersTest {
    private static void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }

    private static boolean isThere(String program) {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }

    /** What {@code script} prints, run by bash with the server's port as its argument. */
    private static String bash(String script, int port) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", script, "bash", String.valueOf(port))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    private static void assertPrints(Transport transport, String script, String expected) {
        new Loopback(transport).run(() -> {
            Server server = startServer(RealPeersTest::echo, HOST, 0);
            assertThat(toThread(() -> bash(script, server.port()))).isEqualTo(expected);
            server.close();
            server.waitClosed();
        });
    }

    @EachTransport
    void bashSpeaksToIt(Transport transport) {
        assumeTrue(isThere("bash"), "no bash on the PATH");
        assertPrints(transport, """
                exec 3<>/dev/tcp/127.0.0.1/$1
                printf 'hello\\r\\n' >&3
                read -r line <&3
                echo "got $line"
                """, "got hello\n");
    }

    @EachTransport
    void netcatSpeaksToIt(Transport transport) {
        assumeTrue(isThere("bash") && isThere("nc"), "no bash or no nc on the PATH");
        // Its input stays open until the answers are there.
        assertPrints(transport, """
                coproc nc 127.0.0.1 $1
                printf 'one\\ntwo\\n' >&"${COPROC[1]}"
                for i in 1 2; do
                    read -r line <&"${COPROC[0]}"
                    echo "$line"
                done
                kill $COPROC_PID
                """, "one\ntwo\n");
    }

    /** One request a connection: its path comes back as the body. */
    private static void http(Connection peer) throws IOException {
        String request = String.valueOf(peer.reader().readLine());
        int length = 0;
        for (String header = peer.reader().readLine(); header != null && !header.isEmpty(); ) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
                length = Integer.parseInt(header.substring("content-length: ".length()));
            }
            header = peer.reader().readLine();
        }
        byte[] sent = peer.reader().readExactly(length);
        byte[] body = (request + ", " + length + " bytes\n").getBytes(UTF_8);
        peer.writer()
                .write("HTTP/1.1 200 OK\r\nContent-Length: " + (body.length + sent.length)
                        + "\r\nConnection: close\r\n\r\n");
        peer.writer().write(body);
        peer.writer().write(sent);
    }

    @EachTransport
    void curlGetsAndPosts(Transport transport) {
        assumeTrue(isThere("bash") && isThere("curl"), "no bash or no curl on the PATH");
        new Loopback(transport).run(() -> {
            try (Server server = startServer(RealPeersTest::http, HOST, 0)) {
                String script = """
                        curl --silent --show-error --noproxy '*' --max-time 50 http://127.0.0.1:$1/path
                        head -c 300000 /dev/zero | tr '\\0' x > "$2"
                        curl --silent --show-error --noproxy '*' --max-time 50 -H Expect: --data-binary @"$2" \\
                            http://127.0.0.1:$1/post | wc -c
                        """;
                Path upload = Files.createTempFile("upload", null);
                try {
                    assertThat(toThread(() -> bash(script.replace("$2", upload.toString()), server.port())))
                            .isEqualToIgnoringWhitespace("GET /path HTTP/1.1, 0 bytes\n"
                                    + (300_000 + "POST /post HTTP/1.1, 300000 bytes\n".length()) + "\n");
                } finally {
                    Files.delete(upload);
                }
            }
        });
    }

    /** asyncio's streams as the client: lines, a large block, half-close, and what the server sends after it. */
    @EachTransport
    void pythonsStreamsSpeakToIt(Transport transport) {
        assumeTrue(isThere("bash") && isThere("python3"), "no bash or no python3 on the PATH");
        assertPrints(transport, """
                python3 - $1 <<'END'
                import asyncio, sys

                async def main():
                    reader, writer = await asyncio.open_connection('127.0.0.1', int(sys.argv[1]))
                    writer.write(b'one\\ntwo\\n' + b'x' * 50000 + b'\\n')
                    await writer.drain()
                    print(await reader.readline())
                    print(await reader.readuntil(b'\\n'))
                    print(len(await reader.readexactly(50001)))
                    writer.write(b'last')
                    writer.write_eof()
                    print(await reader.read())
                    writer.close()
                    await writer.wait_closed()

                asyncio.run(main())
                END
                """, "b'one\\n'\nb'two\\n'\n50001\nb'last\\n'\n");
    }

    /** asyncio's streams as the server. */
    @EachTransport
    void aConnectionSpeaksToPythonsStreams(Transport transport) {
        assumeTrue(isThere("python3"), "no python3 on the PATH");
        String script = """
                import asyncio

                async def serve(reader, writer):
                    line = await reader.readline()
                    writer.write(b'got ' + line)
                    rest = await reader.read()
                    writer.write(b'and %d more' % len(rest))
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()
                    done.set_result(None)

                async def main():
                    global done
                    done = asyncio.get_running_loop().create_future()
                    server = await asyncio.start_server(serve, '127.0.0.1', 0)
                    print(server.sockets[0].getsockname()[1], flush=True)
                    await done

                asyncio.run(main())
                """;
        new Loopback(transport).run(() -> {
            try (Subprocess python =
                    createSubprocessExec(List.of("python3", "-c", script), SubprocessOptions::withPipes)) {
                int port = Integer.parseInt(String.valueOf(python.stdout().readLine()));
                try (Connection connection = openConnection(HOST, port)) {
                    connection.writer().writeLine("hello");
                    assertThat(connection.reader().readLine()).isEqualTo("got hello");
                    connection.writer().write(new byte[1_000_000]);
                    connection.writer().writeEof();
                    assertThat(connection.reader().readAll()).asString(UTF_8).isEqualTo("and 1000000 more");
                }
                assertThat(python.waitFor()).isZero();
            }
        });
    }
}
