package dev.skein.net;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Asyncio;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server whose process has no descriptor left for a connection, in a JVM of its own that may have few. */
@Execution(ExecutionMode.CONCURRENT)
class OutOfDescriptorsTest {
    private static final File DEVICE = new File("/dev/null");

    @EachTransport
    @Timeout(300)
    void aServerWithoutDescriptorsSaysSoAndServesWhenItHasThemAgain(Transport transport) throws Exception {
        assumeTrue(DEVICE.exists() && new File("/bin/bash").canExecute(), "no bash or no " + DEVICE + " here");
        assumeTrue(transport.isAvailable(), () -> transport + " is not available here");
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", "ulimit -n 200 && exec \"$@\"", "bash"));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Dskein.transport=" + transport.name().toLowerCase(Locale.ROOT),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(said.lines().filter(line -> line.startsWith("* ")))
                .as(said)
                .containsExactly(
                        "* all descriptors are in use",
                        "* cannot accept connections",
                        "* served: hello",
                        "* reports: 1");
    }

    /** Uses up its descriptors, has a client come, and sets them free when the server complains. */
    static final class Program {
        private static final List<FileInputStream> hoard = new ArrayList<>();
        private static int reports;

        public static void main(String[] arguments) {
            run(() -> {
                Server server = startServer(Program::echo, HOST, 0);
                loadWhatTheReportNeeds();
                Loop.current().setExceptionHandler((loop, error) -> complain(error));
                String line = Asyncio.waitFor(() -> visit(server.port()), Duration.ofMinutes(4));
                System.out.println("* served: " + line);
                System.out.println("* reports: " + reports);
                server.close();
            });
        }

        private static void echo(Connection peer) throws IOException {
            for (String line : peer.reader().lines()) {
                peer.writer().writeLine(line);
            }
        }

        /** A class in a folder needs a descriptor to be loaded. */
        private static void loadWhatTheReportNeeds() {
            Loop.current().setExceptionHandler((loop, error) -> {});
            Loop.current().callExceptionHandler(ErrorContext.of("warm up").withException(new IOException()));
            Loop.current().callLater(Duration.ofHours(1), () -> {}).cancel();
        }

        private static String visit(int port) throws IOException {
            try (Connection first = Streams.openConnection(HOST, port)) {
                first.writer().writeLine("warm up");
                first.reader().readLine();
                hoardAll();
                hoard.removeLast().close();
                try (Connection client = Streams.openConnection(HOST, port)) {
                    client.writer().writeLine("hello");
                    return String.valueOf(client.reader().readLine());
                }
            }
        }

        private static void hoardAll() {
            try {
                while (true) {
                    hoard.add(new FileInputStream(DEVICE));
                }
            } catch (IOException none) {
                System.out.println("* all descriptors are in use");
            }
        }

        private static void complain(ErrorContext error) {
            reports++;
            System.out.println("* " + error.message().substring(0, "cannot accept connections".length()));
            for (FileInputStream file : hoard) {
                try {
                    file.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            hoard.clear();
        }
    }
}
