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
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
        assertSays(
                transport,
                Program.class,
                "* all descriptors are in use",
                "* cannot accept connections",
                "* served: hello",
                "* reports: 1");
    }

    @EachTransport
    @Timeout(300)
    void whateverOpensSomethingThrowsAnIoException(Transport transport) throws Exception {
        assertSays(
                transport,
                Opener.class,
                "* all descriptors are in use",
                "* startServer: IOException that says why",
                "* startServer at a Unix socket: IOException that says why",
                "* startServer at a dead server's socket: IOException that says why",
                "* startMessageServer: IOException that says why",
                "* openConnection: IOException that says why",
                "* openConnection to a Unix socket: IOException that says why",
                "* openMessages: IOException that says why",
                "* openDatagram: IOException that says why",
                "* lookUp: IOException that says why",
                "* createSubprocessExec: IOException that says why",
                "* all is well again");
    }

    /** Runs {@code program} in a process that may have few descriptors. */
    private static void assertSays(Transport transport, Class<?> program, String... lines) throws IOException {
        assumeTrue(DEVICE.exists() && new File("/bin/bash").canExecute(), "no bash or no " + DEVICE + " here");
        assumeTrue(transport.isAvailable(), () -> transport + " is not available here");
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", "ulimit -n 200 && exec \"$@\"", "bash"));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Dskein.agent"))
                .forEach(command::add);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Dskein.transport=" + transport.name().toLowerCase(Locale.ROOT),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(said.lines().filter(line -> line.startsWith("* "))).as(said).containsExactly(lines);
    }

    /** Takes all descriptors that are left. */
    private static List<FileInputStream> hoard() {
        List<FileInputStream> hoard = new ArrayList<>();
        try {
            while (true) {
                hoard.add(new FileInputStream(DEVICE));
            }
        } catch (IOException none) {
            System.out.println("* all descriptors are in use");
            return hoard;
        }
    }

    private static void release(List<FileInputStream> hoard) {
        for (FileInputStream file : hoard) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        hoard.clear();
    }

    /** Opens one of everything while it has descriptors, so that all classes are loaded, and once more when it has none. */
    static final class Opener {
        /** What opens something and, if that succeeds, closes it. */
        @FunctionalInterface
        private interface Opening {
            void open() throws Exception;
        }

        private static final List<String> calls = new ArrayList<>();
        private static final List<Opening> openings = new ArrayList<>();

        public static void main(String[] arguments) throws Exception {
            loadAllOfSkein();
            run(() -> {
                Path folder = Files.createTempDirectory("skein");
                UnixDomainSocketAddress live = UnixDomainSocketAddress.of(folder.resolve("live"));
                try (Server server = startServer(peer -> {}, HOST, 0);
                        Server unix = startServer(peer -> {}, live)) {
                    prepare(
                            server.port(),
                            (UnixDomainSocketAddress) unix.addresses().getFirst(),
                            folder);
                    for (Opening opening : openings) {
                        outcome(opening);
                    }
                    List<FileInputStream> hoard = hoard();
                    List<String> outcomes = new ArrayList<>();
                    for (Opening opening : openings) {
                        outcomes.add(outcome(opening));
                    }
                    release(hoard);
                    for (int i = 0; i < outcomes.size(); i++) {
                        System.out.println("* " + calls.get(i) + ": " + outcomes.get(i));
                    }
                    for (Opening opening : openings) {
                        opening.open();
                    }
                    System.out.println("* all is well again");
                }
            });
        }

        /** A class in a folder needs a descriptor to be loaded; in a jar it does not. */
        private static void loadAllOfSkein() throws Exception {
            for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                Path root = Path.of(part);
                if (root.endsWith("classes") && Files.isDirectory(root)) {
                    try (Stream<Path> files = Files.walk(root)) {
                        for (Path file : files.filter(f -> f.toString().endsWith(".class"))
                                .filter(f -> !f.endsWith("module-info.class"))
                                .toList()) {
                            String name = root.relativize(file).toString().replace(File.separatorChar, '.');
                            Class.forName(
                                    name.substring(0, name.length() - ".class".length()),
                                    false,
                                    Opener.class.getClassLoader());
                        }
                    }
                }
            }
        }

        private static void add(String name, Opening opening) {
            calls.add(name);
            openings.add(opening);
        }

        private static void prepare(int port, UnixDomainSocketAddress live, Path folder) throws IOException {
            UnixDomainSocketAddress dead = UnixDomainSocketAddress.of(folder.resolve("dead"));
            ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(dead).close();
            add("startServer", () -> close(startServer(peer -> {}, HOST, 0)));
            add(
                    "startServer at a Unix socket",
                    () -> close(startServer(peer -> {}, UnixDomainSocketAddress.of(folder.resolve("new")))));
            add(
                    "startServer at a dead server's socket",
                    () -> close(startServer(peer -> {}, dead, o -> o.withSocketFileKept())));
            add("startMessageServer", () -> close(Streams.startMessageServer(peer -> {}, HOST, 0, pipeline -> {})));
            add("openConnection", () -> Streams.openConnection(HOST, port).close());
            add(
                    "openConnection to a Unix socket",
                    () -> Streams.openConnection(live).close());
            add(
                    "openMessages",
                    () -> Streams.openMessages(HOST, port, pipeline -> {}).close());
            add(
                    "openDatagram",
                    () -> Streams.openDatagram(
                                    o -> o.withLocalAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                            .close());
            NameServer names = new NameServer().with("host.test", HOST);
            add("lookUp", () -> Dns.lookUp("host.test", names.resolvers(b -> b.searchDomains(List.of()))));
            add(
                    "createSubprocessExec",
                    () -> Subprocesses.createSubprocessExec(List.of("true")).close());
        }

        private static void close(Server server) {
            server.close();
            server.waitClosed();
        }

        private static String outcome(Opening opening) {
            try {
                opening.open();
                return "opened";
            } catch (IOException e) {
                boolean why = String.valueOf(e.getMessage()).contains("Too many open files");
                return why ? "IOException that says why" : e.toString();
            } catch (Exception e) {
                e.printStackTrace(System.out);
                return e.toString();
            }
        }
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
                hoard.addAll(hoard());
                hoard.removeLast().close();
                try (Connection client = Streams.openConnection(HOST, port)) {
                    client.writer().writeLine("hello");
                    return String.valueOf(client.reader().readLine());
                }
            }
        }

        private static void complain(ErrorContext error) {
            reports++;
            System.out.println("* " + error.message().substring(0, "cannot accept connections".length()));
            release(hoard);
        }
    }
}
