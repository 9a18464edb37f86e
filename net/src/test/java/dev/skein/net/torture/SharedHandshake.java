package dev.skein.net.torture;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.Random;

/** The keys, sessions and random numbers of TLS: a handshake in memory, with the contexts that the connections use too. */
final class SharedHandshake implements Shared {
    private final TortureTls tls;

    SharedHandshake(TortureTls tls) {
        this.tls = tls;
    }

    @Override
    public void use(Random random) {
        SslHandler ofClient = tls.client().newHandler(tls.allocator(), "localhost", 1 + random.nextInt(4));
        EmbeddedChannel client = new EmbeddedChannel(ofClient);
        EmbeddedChannel server = new EmbeddedChannel(tls.server().newHandler(tls.allocator()));
        try {
            while (!ofClient.handshakeFuture().isDone()) {
                boolean asked = move(client, server);
                boolean answered = move(server, client);
                if (!asked && !answered) {
                    throw new AssertionError("a handshake came to a halt");
                }
            }
            ofClient.handshakeFuture().syncUninterruptibly();
        } finally {
            client.finishAndReleaseAll();
            server.finishAndReleaseAll();
        }
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
        boolean moved = false;
        for (Object piece = from.readOutbound(); piece != null; piece = from.readOutbound()) {
            to.writeInbound(piece);
            moved = true;
        }
        return moved;
    }
}
