package dev.skein.net;

import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.Mapping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.mockito.InOrder;

/** What a server asks the mapping that it was given, and how often. */
class TlsMappingTest {
    private final Loopback loopback = new Loopback(Transport.preferred());
    private final Mapping<String, SslContext> mapping = mock();

    /** Has a client shake hands with a server that uses the mapping, and say so. */
    private static void shakeHands(Server server, TestTls tls, UnaryOperator<TlsOptions> change) throws IOException {
        TlsOptions options = change.apply(TlsOptions.of(tls.client()));
        try (Connection client = openConnection(Loopback.HOST, server.port(), o -> o.withTls(options))) {
            client.writer().writeLine("hello");
            assertThat(client.reader().readLine()).isEqualTo("hello");
        }
    }

    private static void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }

    @EachProvider
    void theMappingIsAskedOnceForEachHandshake(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        SslContext context = tls.server();
        when(mapping.map("localhost")).thenReturn(context);
        when(mapping.map(null)).thenReturn(context);
        loopback.run(() -> {
            try (Server server =
                    startServer(TlsMappingTest::echo, Loopback.HOST, 0, o -> o.withTls(TlsOptions.of(mapping)))) {
                verifyNoMoreInteractions(mapping);
                shakeHands(server, tls, o -> o.withServerName("localhost"));
                shakeHands(server, tls, o -> o.withServerName(Loopback.HOST));
                shakeHands(server, tls, o -> o.withServerName("localhost"));
            }
        });
        InOrder order = inOrder(mapping);
        order.verify(mapping).map("localhost");
        order.verify(mapping).map(null);
        order.verify(mapping).map("localhost");
        verifyNoMoreInteractions(mapping);
    }

    @EachProvider
    void oneThatHasNoContextForANameIsAskedOnceToo(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        loopback.run(() -> {
            try (Server server =
                    startServer(TlsMappingTest::echo, Loopback.HOST, 0, o -> o.withTls(TlsOptions.of(mapping)))) {
                assertThatThrownBy(() -> shakeHands(server, tls, o -> o.withServerName("nobody")))
                        .isInstanceOf(IOException.class);
            }
        });
        verify(mapping).map("nobody");
        verifyNoMoreInteractions(mapping);
    }

    @EachProvider
    void theMappingIsAskedOnTheLoopsThread(SslProvider provider) {
        TestTls tls = new TestTls(provider);
        SslContext context = tls.server();
        List<Boolean> onTheLoop = new ArrayList<>();
        loopback.run(() -> {
            Loop loop = Loop.current();
            when(mapping.map("localhost")).thenAnswer(call -> {
                onTheLoop.add(loop.eventLoop().inEventLoop());
                return context;
            });
            try (Server server =
                    startServer(TlsMappingTest::echo, Loopback.HOST, 0, o -> o.withTls(TlsOptions.of(mapping)))) {
                shakeHands(server, tls, o -> o.withServerName("localhost"));
            }
        });
        assertThat(onTheLoop).containsExactly(true);
    }
}
