package dev.skein.net;

import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Transport;
import dev.skein.loop.testing.Trail;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many connections that are ready at the same moment. */
class ReadinessTest {
    private static final int CONNECTIONS = 20;
    private static final int AT_A_TIME = 8;

    private final Trail trail = new Trail();

    private void serve(Connection peer) throws IOException {
        peer.channel().pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object bytes) {
                trail.add("R");
                context.fireChannelRead(bytes);
            }
        });
        trail.add("ready");
        while (peer.reader().read(1) != null) {
            trail.add("-");
        }
    }

    @Test
    void epollHasAFewReadAndServedBeforeTheNext() {
        new Loopback(Transport.EPOLL).run(() -> {
            try (Server server = startServer(this::serve, HOST, 0)) {
                List<Connection> clients = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS; i++) {
                    clients.add(openConnection(HOST, server.port()));
                }
                until(() -> trail.entries().size() == CONNECTIONS);
                for (Connection client : clients) {
                    client.writer().write("x");
                }
                until(() -> trail.entries().size() == 3 * CONNECTIONS);
                clients.forEach(Connection::close);
            }
        });
        String order = String.join("", trail.entries().subList(CONNECTIONS, 3 * CONNECTIONS));
        assertThat(order)
                .contains("R-")
                .doesNotContain("R".repeat(AT_A_TIME + 1))
                .doesNotContain("-".repeat(AT_A_TIME + 1));
    }
}
