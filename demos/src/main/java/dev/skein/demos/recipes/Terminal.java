package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.standardInput;

import dev.skein.net.Connection;
import dev.skein.net.StreamReader;
import java.io.IOException;

/** Standard input beside a socket: each direction is a loop of its own. */
final class Terminal {
    private Terminal() {}

    // region talk
    static void talk(String host, int port) throws IOException {
        try (Connection peer = openConnection(host, port)) {
            taskGroup(group -> {
                group.createTask(() -> {
                    send(standardInput(), peer);
                });
                for (String line : peer.reader().lines()) {
                    System.out.println(line);
                }
                group.cancel(); // the peer has gone: nobody needs the next line of the user
            });
        }
    }

    private static void send(StreamReader input, Connection peer) throws IOException {
        for (String line : input.lines()) {
            peer.writer().writeLine(line);
        }
        peer.writer().writeEof();
    }
    // endregion
}
