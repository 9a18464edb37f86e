package dev.skein.demos.tutorial;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.startServer;

import dev.skein.net.Connection;
import dev.skein.net.Server;
import java.io.IOException;

/** A server that counts its guests: state that all connections share, without a lock. */
final class Greeter {
    private int guests;

    static void main() {
        run(new Greeter()::serve);
    }

    void serve() throws IOException {
        try (Server server = startServer(this::greet, "127.0.0.1", 7010)) {
            System.out.println("listening on port " + server.port());
            server.serveForever();
        }
    }

    void greet(Connection guest) throws IOException {
        for (String name : guest.reader().lines()) {
            guests++;
            guest.writer().writeLine("hello " + name + ", you are guest " + guests);
        }
    }
}
