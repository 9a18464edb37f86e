package dev.skein.demos;

import static dev.skein.net.Streams.startServer;

import dev.skein.loop.Asyncio;
import dev.skein.net.Connection;
import dev.skein.net.Server;
import java.io.IOException;
import java.net.SocketAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The program {@code echo-server}: sends every byte back. One coroutine for each connection, all on one thread.
 *
 * <p>Ctrl-C stops it: it accepts no more, closes its connections, and ends with status 130.
 */
@Command(name = "echo-server", description = "Sends back every byte that it gets, until Ctrl-C.")
public final class EchoServer implements Runnable {
    private static final int CHUNK = 64 * 1024;

    @Mixin
    private final Options options = new Options(7007);

    EchoServer() {}

    /**
     * Starts the program.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Program.main(new EchoServer(), args);
    }

    @Override
    public void run() {
        Asyncio.run(this::serve);
    }

    private void serve() throws IOException {
        try (Server server = startServer(EchoServer::echo, options.host(), options.port(), o -> o.withName("echo"))) {
            for (SocketAddress address : server.addresses()) {
                System.out.println("listening on " + Program.describe(address));
            }
            server.serveForever();
        }
    }

    /** What happens on one connection. A peer that reads slowly is read from slowly: {@code write} suspends. */
    static void echo(Connection peer) {
        try {
            for (byte[] bytes = peer.reader().read(CHUNK);
                    bytes != null;
                    bytes = peer.reader().read(CHUNK)) {
                peer.writer().write(bytes);
            }
        } catch (IOException lost) {
            System.err.println(lost.getMessage());
        }
    }
}
