package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.startServer;

import dev.skein.net.Connection;
import dev.skein.net.Server;
import java.io.IOException;
import java.time.Duration;

/** A server that lets its connections end before the JVM does. */
final class GracefulShutdown {
    private GracefulShutdown() {}

    static void main() {
        run(GracefulShutdown::serve);
    }

    // region serve
    static void serve() throws IOException {
        try (Server server =
                startServer(GracefulShutdown::answer, "127.0.0.1", 7010, o -> o.withGrace(Duration.ofSeconds(10)))) {
            server.serveForever();
        }
    }
    // endregion

    static void answer(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }
}
