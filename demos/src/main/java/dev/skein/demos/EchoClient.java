package dev.skein.demos;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.net.Streams.openConnection;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.net.Connection;
import dev.skein.net.StreamReader;
import dev.skein.net.StreamWriter;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * The program {@code echo-client}: sends lines, and prints what comes back. Two coroutines, one for each direction, so that
 * neither waits for the other.
 */
@Command(
        name = "echo-client",
        description = "Sends its arguments, or else the lines of its standard input, and prints what comes back.")
public final class EchoClient implements Runnable {
    private static final int CHUNK = 64 * 1024;

    private final InputStream in;
    private final PrintStream out;

    @Mixin
    private final Options options = new Options(7007);

    @Parameters(paramLabel = "<line>", description = "A line to send.")
    private List<String> lines = List.of();

    // Loop only.
    private boolean allSent;

    EchoClient(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Starts the program.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Program.main(new EchoClient(System.in, System.out), args);
    }

    @Override
    public void run() {
        Asyncio.run(this::talk);
    }

    private void talk() throws IOException {
        try (Connection server = openConnection(options.host(), options.port())) {
            await(gather(() -> send(server.writer()), () -> receive(server.reader())));
        }
    }

    private void send(StreamWriter writer) throws IOException {
        if (lines.isEmpty()) {
            sendInput(writer);
        }
        for (String line : lines) {
            writer.writeLine(line);
        }
        allSent = true;
        writer.writeEof();
    }

    /**
     * Reading the standard input blocks, so another thread does it; not one of the default executor, which {@code run}
     * would wait for, though Enter may never be pressed again.
     */
    private void sendInput(StreamWriter writer) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(in, UTF_8));
        for (String line = readLine(input); line != null; line = readLine(input)) {
            writer.writeLine(line);
        }
    }

    private static @Nullable String readLine(BufferedReader input) {
        return Loop.current()
                .<@Nullable String>runInExecutor(
                        work -> Thread.ofPlatform().daemon().start(work), input::readLine)
                .await();
    }

    private void receive(StreamReader reader) throws IOException {
        for (byte[] bytes = reader.read(CHUNK); bytes != null; bytes = reader.read(CHUNK)) {
            out.write(bytes);
            out.flush();
        }
        if (!allSent) {
            throw new EOFException("the server has closed the connection");
        }
    }
}
