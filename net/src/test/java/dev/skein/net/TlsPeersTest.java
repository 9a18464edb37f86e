package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;

/** Encrypted connections with the programs that a user tries them with. */
class TlsPeersTest {
    /** Sends a short and a long line, reads them back, and ends. */
    private static final String PYTHON_CLIENT = """
            import asyncio, ssl, sys
            async def main():
                context = ssl.create_default_context(cafile=sys.argv[2])
                reader, writer = await asyncio.open_connection("localhost", int(sys.argv[1]), ssl=context)
                writer.write(b"hello\\n" + b"x" * 200000 + b"\\n")
                print((await reader.readline()).decode().strip())
                print(len(await reader.readexactly(200001)))
                writer.close()
                await writer.wait_closed()
                print("closed")
            asyncio.run(main())
            """;

    private static final String PYTHON_SERVER = """
            import asyncio, ssl, sys
            async def handle(reader, writer):
                writer.write(await reader.readline())
                await writer.drain()
                writer.close()
                await writer.wait_closed()
                done.set()
            async def main():
                global done
                done = asyncio.Event()
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[1], sys.argv[2])
                server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
                print(server.sockets[0].getsockname()[1], flush=True)
                await done.wait()
            asyncio.run(main())
            """;

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void echo(Connection peer) throws IOException {
        byte[] chunk;
        while ((chunk = peer.reader().read(4096)) != null) {
            peer.writer().write(chunk);
        }
    }

    private static void needs(String program) {
        assumeTrue(
                Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                        .anyMatch(folder -> new File(folder, program).canExecute()),
                () -> "no " + program + " on the PATH");
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    private void serve(SslProvider provider, ConnectionHandler handler, JdkPeer.PortUser client) {
        SslContext context = new TestTls(provider).server();
        preferred.run(() -> {
            Server server = startServer(handler, HOST, 0, o -> o.withTls(context));
            client.use(server.port());
            server.close();
            server.waitClosed();
        });
    }

    private static String authority() throws IOException {
        return TestTls.AUTHORITY.toTempRootCertPem().getPath();
    }

    @EachProvider
    void opensslSpeaksToAServer(SslProvider provider) {
        needs("openssl");
        needs("bash");
        // Its input stays open until the answer is there.
        String script = """
                coproc openssl s_client -quiet -no_ign_eof -verify_return_error -verify_hostname localhost \\
                    -CAfile "$1" -connect "127.0.0.1:$0" 2>/dev/null
                echo hello >&"${COPROC[1]}"
                read -r answer <&"${COPROC[0]}"
                echo "$answer"
                exec {COPROC[1]}>&-
                wait
                """;
        serve(
                provider,
                TlsPeersTest::echo,
                port -> assertThat(toThread(() -> output("bash", "-c", script, String.valueOf(port), authority())))
                        .isEqualTo("hello\n"));
    }

    @EachProvider
    void curlSpeaksToAServer(SslProvider provider) {
        needs("curl");
        ConnectionHandler http = peer -> {
            String line;
            while ((line = peer.reader().readLine()) != null && !line.isEmpty()) {
                assertThat(line).isNotBlank();
            }
            peer.writer().write("HTTP/1.0 200 OK\r\n\r\nhello");
        };
        serve(
                provider,
                http,
                port -> assertThat(toThread(() -> output(
                                "curl",
                                "-sS",
                                "--noproxy",
                                "*",
                                "--cacert",
                                authority(),
                                "https://localhost:" + port + "/")))
                        .isEqualTo("hello"));
    }

    @EachProvider
    void pythonSpeaksToAServer(SslProvider provider) {
        needs("python3");
        serve(
                provider,
                TlsPeersTest::echo,
                port -> assertThat(toThread(
                                () -> output("python3", "-c", PYTHON_CLIENT, String.valueOf(port), authority())))
                        .isEqualTo("hello\n200001\nclosed\n"));
    }

    @EachProvider
    void aClientSpeaksToPython(SslProvider provider) throws Exception {
        needs("python3");
        SslContext context = new TestTls(provider).client();
        Process python = new ProcessBuilder(
                        "python3",
                        "-c",
                        PYTHON_SERVER,
                        TestTls.LOCALHOST.toTempCertChainPem().getPath(),
                        TestTls.LOCALHOST.toTempPrivateKeyPem().getPath())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader told = python.inputReader()) {
            int port = Integer.parseInt(told.readLine());
            preferred.run(() -> {
                Connection client = openConnection("localhost", port, o -> o.withTls(context));
                client.writer().writeLine("hello");
                assertThat(client.reader().readLine()).isEqualTo("hello");
                assertThat(client.reader().readLine()).isNull();
                client.close();
                client.writer().waitClosed();
            });
            assertThat(python.waitFor()).isZero();
        } finally {
            python.destroy();
        }
    }

    @EachProvider
    void aClientSpeaksToOpenssl(SslProvider provider) throws Exception {
        needs("openssl");
        SslContext context = new TestTls(provider).client();
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-rev",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        TestTls.LOCALHOST.toTempCertChainPem().getPath(),
                        "-key",
                        TestTls.LOCALHOST.toTempPrivateKeyPem().getPath())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader told = openssl.inputReader()) {
            String line;
            do {
                line = told.readLine();
            } while (line != null && !line.startsWith("ACCEPT"));
            assumeTrue(line != null && line.contains(":"), "this openssl does not say where it listens");
            int port = Integer.parseInt(String.valueOf(line).replaceAll(".*:", ""));
            preferred.run(() -> {
                Task<String> answer = createTask(() -> {
                    try (Connection client = openConnection("localhost", port, o -> o.withTls(context))) {
                        client.writer().writeLine("olleh");
                        return String.valueOf(client.reader().readLine());
                    }
                });
                assertThat(answer.await()).isEqualTo("hello");
            });
        } finally {
            openssl.destroy();
        }
    }
}
