package dev.skein.demos;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.startServer;

import dev.skein.loop.LoopGroup;

/** Sends every line back, with as many loops as there are processors. */
final class EchoOnAllCores {
    void main() {
        run(() -> {
            try (LoopGroup loops = new LoopGroup()) {
                startServer(new Echo()::echo, "127.0.0.1", 7007, o -> o.withLoops(loops))
                        .serveForever();
            }
        });
    }
}
