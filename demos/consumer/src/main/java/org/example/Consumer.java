package org.example;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;

import dev.skein.loop.Loop;
import java.io.IOException;

/** Has a server of its own echo a line; fails if the loop cannot mount its coroutines. */
public final class Consumer {
    public static void main(String[] args) {
        run(() -> {
            String skein = Loop.class.getModule().isNamed() ? "a module" : "on the class path";
            System.out.println(echo("Skein is " + skein) + ", on " + Loop.current().transport() + ", coroutines are "
                    + (mounts() ? "mounted" : "not mounted"));
            if (!mounts()) {
                throw new IllegalStateException("not mounted: is --add-opens missing, or for another module?");
            }
        });
    }

    private static String echo(String line) throws IOException {
        try (var server = startServer(peer -> peer.writer().writeLine(peer.reader().readLine()), "127.0.0.1", 0);
                var peer = openConnection("127.0.0.1", server.port())) {
            peer.writer().writeLine(line);
            return peer.reader().readLine();
        }
    }

    /** A loop that mounts calls back in a virtual thread, any other in the thread that it has of the system. */
    static boolean mounts() {
        var virtual = Loop.current().<Boolean>createFuture();
        Loop.current().callSoon(() -> virtual.setResult(Thread.currentThread().isVirtual()));
        return await(virtual);
    }
}
