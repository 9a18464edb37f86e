package dev.skein.demos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the programs say to their options, and to an address that cannot be had. */
class OptionsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int execute(Runnable program, String... args) {
        CommandLine commandLine =
                Program.commandLine(program).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(errors, true));
        return Program.execute(commandLine, args);
    }

    static Stream<Runnable> programs() {
        return Stream.of(new EchoServer(), new EchoClient(InputStream.nullInputStream(), System.out), new ChatServer());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void helpNamesTheOptionsAndTheirDefaults(Runnable program) {
        assertThat(execute(program, "--help")).isZero();

        assertThat(out.toString())
                .contains("-h, --help          Prints this and ends.")
                .contains("--host=<host>   A name or an address (default: 127.0.0.1).")
                .containsPattern("--port=<port>   A port \\(default: 700[78]\\)\\.");
        assertThat(errors.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "65536", ""})
    void anInvalidPortIsRefused(String port) {
        assertThat(execute(new EchoServer(), "--port=" + port)).isEqualTo(2);

        assertThat(errors.toString())
                .startsWith(
                        "Invalid value for option '--port': '" + port + "' is not a port, a number from 0 to 65535\n");
    }

    @Test
    void aPortThatIsTakenIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());

            assertThat(execute(new EchoServer(), "--port", port)).isEqualTo(1);

            assertThat(errors.toString().lines())
                    .singleElement()
                    .asString()
                    .startsWith("echo-server: cannot listen on 127.0.0.1:" + port + ": ")
                    .contains("Address already in use");
        }
    }

    @Test
    void aConnectionThatIsRefusedIsOneLine() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        EchoClient client = new EchoClient(InputStream.nullInputStream(), System.out);

        assertThat(execute(client, "--port", String.valueOf(port), "hello")).isEqualTo(1);

        assertThat(errors.toString().lines())
                .singleElement()
                .asString()
                .startsWith("echo-client: cannot connect to 127.0.0.1:" + port + ": ")
                .contains("Connection refused");
    }

    @Test
    void aHostThatIsEmptyIsOneLine() {
        EchoClient client = new EchoClient(InputStream.nullInputStream(), System.out);

        assertThat(execute(client, "--host=", "hello")).isEqualTo(1);

        assertThat(errors.toString().lines()).singleElement().asString().startsWith("echo-client: host is empty");
    }
}
