package dev.skein.demos;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.startServer;

import dev.skein.net.Connection;
import java.io.IOException;

/** Sends every line back. */
final class Echo {
    void main() {
        run(() -> startServer(this::echo, "127.0.0.1", 7007).serveForever());
    }

    void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }
}
