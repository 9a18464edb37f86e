package dev.skein.net;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A handler that ends the JVM, in a JVM of its own whose loop may take a day to close. */
@Execution(ExecutionMode.CONCURRENT)
class ExitInAHandlerTest {
    @Test
    void theJvmEndsThoughItsServerWaitsForTheHandler() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Dskein.agent"))
                .forEach(command::add);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        assertThat(ended).as("it ends").isTrue();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.exitValue()).as(said).isEqualTo(5);
        assertThat(said).contains("exits").doesNotContain("before these tasks had ended");
    }

    /** Serves until a client has it exit. */
    static final class Program {
        public static void main(String[] arguments) {
            run(
                    () -> {
                        try (Server server = startServer(Program::exit, HOST, 0)) {
                            Asyncio.createTask(() -> visit(server.port()));
                            server.serveForever();
                        }
                    },
                    options -> options.withCloseTimeout(Duration.ofDays(1)));
        }

        private static void exit(Connection peer) throws IOException {
            System.out.println("exits for " + peer.reader().readLine());
            System.exit(5);
        }

        private static void visit(int port) throws IOException {
            try (Connection connection = openConnection(HOST, port)) {
                connection.writer().writeLine("me");
                connection.reader().readLine();
            }
        }
    }
}
