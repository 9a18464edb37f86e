package dev.skein.net;

import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** TLS that a user's own pipeline has, of which the options know nothing. */
class MessagesOwnTlsTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void aHandshakeThatFailsIsWhatTheConnectionWasLostBy() throws Exception {
        SslContext trustsNobody =
                SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        new Loopback(Transport.preferred()).run(() -> {
            try (Server server = startServer(
                            peer -> peer.reader().readAll(), HOST, 0, o -> o.withTls(TestTls.JDK.server()));
                    Messages<ByteBuf, ByteBuf> client = openMessages(
                            HOST,
                            server.port(),
                            pipeline -> pipeline.addLast(
                                    trustsNobody.newHandler(pipeline.channel().alloc())))) {
                assertThatThrownBy(client::receive)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("connection with " + HOST + ":" + server.port() + " was lost: ")
                        .hasCauseInstanceOf(SSLHandshakeException.class);
            }
        });
    }
}
