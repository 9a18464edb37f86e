package dev.skein.demos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The echo server as its users meet it: in a JVM of its own, started with the flags of this one. */
class EchoServerProcessTest {
    private Process server;
    private BufferedReader output;
    private int port;

    @BeforeEach
    void startServer() throws IOException {
        server = start("--port", "0");
        output = server.inputReader(UTF_8);
        Matcher listening =
                Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)").matcher(String.valueOf(output.readLine()));
        assertThat(listening.matches()).isTrue();
        port = Integer.parseInt(listening.group(1));
    }

    @AfterEach
    void killServer() {
        server.destroyForcibly();
    }

    private static Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> Stream.of(
                                "--add-opens",
                                "-Dskein.agent",
                                "--enable-native-access",
                                "--sun-misc-unsafe-memory-access")
                        .anyMatch(flag::startsWith))
                .forEach(command::add);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), EchoServer.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    @Test
    void netcatGetsItsLineBack() throws IOException {
        assumeThat(onPath("nc")).as("nc is on the path").isTrue();
        Process nc = new ProcessBuilder("nc", "127.0.0.1", String.valueOf(port)).start();
        try (OutputStream input = nc.getOutputStream()) {
            input.write("hello\n".getBytes(UTF_8));
            input.flush();
            assertThat(nc.inputReader(UTF_8).readLine()).isEqualTo("hello");
        } finally {
            nc.destroyForcibly();
        }
    }

    @Test
    void ctrlCClosesTheConnectionsAndEndsWithStatus130() throws Exception {
        assumeThat(ignoresInterrupts(server.pid()))
                .as("SIGINT is ignored, as in a background job of a script")
                .isFalse();
        try (Socket idle = connect();
                Socket busy = connect()) {
            busy.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(busy.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("hello\n");

            signal("INT");

            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(busy.getInputStream().read()).isEqualTo(-1);
            assertThat(server.waitFor(10, SECONDS)).isTrue();
        }
        assertThat(server.exitValue()).isEqualTo(130);
        assertThat(output.readLine()).isNull();
        assertThat(server.errorReader(UTF_8).lines()).allMatch(EchoServerProcessTest::isTheFlagsWarning);
    }

    @Test
    void sigtermEndsItAsCtrlCDoes() throws Exception {
        try (Socket idle = connect()) {
            signal("TERM");

            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(server.waitFor(10, SECONDS)).isTrue();
        }
        assertThat(server.exitValue()).isEqualTo(143);
    }

    @Test
    void aSecondServerOnThePortSaysSoAndEndsWithStatus1() throws Exception {
        Process second = start("--port", String.valueOf(port));

        assertThat(second.inputReader(UTF_8).lines()).isEmpty();
        assertThat(second.errorReader(UTF_8).lines())
                .filteredOn(line -> !isTheFlagsWarning(line))
                .singleElement()
                .asString()
                .startsWith("echo-server: cannot listen on 127.0.0.1:" + port + ": ");
        assertThat(second.waitFor()).isEqualTo(1);
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(server.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static boolean onPath(String program) {
        return Pattern.compile(":")
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** A process inherits it from a shell that started a job without a terminal; a JVM then leaves it so. */
    private static boolean ignoresInterrupts(long pid) throws IOException {
        Path status = Path.of("/proc", String.valueOf(pid), "status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .findFirst()
                .orElse("0");
        return (Long.parseUnsignedLong(mask, 16) & 0b10) != 0;
    }

    private static boolean isTheFlagsWarning(String line) {
        return line.contains("started without --add-opens");
    }
}
