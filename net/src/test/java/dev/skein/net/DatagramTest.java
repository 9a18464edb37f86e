package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openDatagram;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Datagrams between sockets of this machine. */
class DatagramTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final byte[] NOTHING = {};

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static DatagramEndpoint bound() throws IOException {
        return openDatagram(o -> o.withLocalAddress(ANY_PORT));
    }

    private static DatagramEndpoint connectedTo(DatagramEndpoint peer) throws IOException {
        return openDatagram(o -> o.withRemoteAddress(peer.localAddress()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** What a datagram socket of a closed port leaves: an address where nobody listens, at least not now. */
    private static InetSocketAddress nobody() throws IOException {
        try (DatagramEndpoint gone = bound()) {
            return gone.localAddress();
        }
    }

    @EachTransport
    @PortOf("test_events.create_datagram_endpoint")
    @PortOf("test_sock_lowlevel.recvfrom")
    @PortOf("test_selector_events.SelectorDatagramTransportTests.read_ready")
    @PortOf("test_selector_events.sendto")
    void aDatagramComesWithItsSendersAddressAndCanBeAnswered(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = connectedTo(server)) {
                client.send(bytes("question"));
                Datagram question = server.receive();
                assertThat(question.text()).isEqualTo("question");
                assertThat(question.sender()).isEqualTo(client.localAddress());
                server.send(bytes("answer"), question.sender());
                assertThat(client.receive()).isEqualTo(new Datagram(bytes("answer"), server.localAddress()));
            }
        });
    }

    @EachTransport
    @PortOf("test_events.create_datagram_endpoint_ipv6")
    void ipv6GoesToo(Transport transport) {
        new Loopback(transport).run(() -> {
            InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
            try (DatagramEndpoint server = openDatagram(o -> o.withLocalAddress(any));
                    DatagramEndpoint client = connectedTo(server)) {
                client.send(bytes("six"));
                Datagram datagram = server.receive();
                assertThat(datagram.sender()).isEqualTo(client.localAddress());
                server.send(datagram.data(), datagram.sender());
                assertThat(client.receive().text()).isEqualTo("six");
            }
        });
    }

    @EachTransport
    @PortOf("test_selector_events.sendto_no_data")
    void anEmptyDatagramIsADatagram(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = bound();
                    DatagramEndpoint connected = connectedTo(server)) {
                for (byte[] data : List.of(NOTHING, bytes("x"), NOTHING)) {
                    client.send(data, server.localAddress());
                    server.send(data, connected.localAddress());
                    assertThat(server.receive()).isEqualTo(new Datagram(data, client.localAddress()));
                    assertThat(connected.receive()).isEqualTo(new Datagram(data, server.localAddress()));
                }
            }
        });
    }

    @EachTransport
    void aConnectedSocketSendsAnEmptyDatagramWhereThatIsPossible(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = connectedTo(server)) {
                if (transport == Transport.NIO) {
                    assertThatThrownBy(() -> client.send(NOTHING))
                            .isInstanceOf(UnsupportedOperationException.class)
                            .hasMessageStartingWith("the JDK cannot send an empty datagram on a connected socket: ");
                } else {
                    client.send(NOTHING);
                    assertThat(server.receive()).isEqualTo(new Datagram(NOTHING, client.localAddress()));
                }
            }
        });
    }

    @EachTransport
    @PortOf("test_selector_events.sendto_error_received_connected")
    @PortOf("test_selector_events.read_ready_oserr")
    @PortOf("test_selector_events.sendto_ready_error_received_connection")
    void thatNobodyListensIsToldOnceAndTheSocketStaysUsable(Transport transport) {
        new Loopback(transport).run(() -> {
            InetSocketAddress nobody = nobody();
            try (DatagramEndpoint client = openDatagram(o -> o.withRemoteAddress(nobody))) {
                client.send(bytes("anybody there?"));
                assertThatThrownBy(client::receive)
                        .isInstanceOf(PortUnreachableException.class)
                        .hasMessageStartingWith(AddressText.of(nobody) + " is unreachable: no socket is bound there");
                assertThat(client.isClosing()).isFalse();
                try (DatagramEndpoint late = openDatagram(o -> o.withLocalAddress(nobody))) {
                    client.send(bytes("and now?"));
                    assertThat(late.receive().text()).isEqualTo("and now?");
                    late.send(bytes("yes"), client.localAddress());
                    assertThat(client.receive().text()).isEqualTo("yes");
                }
            }
        });
    }

    @EachTransport
    @PortOf("test_events.datagram_send_to_non_listening_address")
    @PortOf("test_selector_events.sendto_error_received")
    @PortOf("test_selector_events.sendto_ready_error_received")
    void afterADatagramToNobodyOthersCome(Transport transport) {
        new Loopback(transport).run(() -> {
            InetSocketAddress nobody = nobody();
            try (DatagramEndpoint first = bound();
                    DatagramEndpoint second = bound()) {
                first.send(bytes("a"), second.localAddress());
                assertThat(second.receive().text()).isEqualTo("a");
                second.send(bytes("b"), first.localAddress());
                assertThat(first.receive().text()).isEqualTo("b");
                first.send(bytes("c"), nobody);
                yieldNow();
                second.send(bytes("d"), first.localAddress());
                assertThat(first.receive().text()).isEqualTo("d");
                first.send(bytes("e"), second.localAddress());
                assertThat(second.receive().text()).isEqualTo("e");
            }
        });
    }

    @EachTransport
    @PortOf("test_sock_lowlevel.recvfrom_into")
    void aDatagramComesWholeWithItsOwnLength(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = bound()) {
                for (int length : new int[] {4096, 1, 50_000, 4096}) {
                    client.send(new byte[length], server.localAddress());
                    Datagram came = server.receive();
                    assertThat(came).isEqualTo(new Datagram(new byte[length], client.localAddress()));
                    assertThat(came)
                            .hasToString(
                                    "Datagram[" + length + " bytes from " + Loopback.text(client.localAddress()) + "]");
                }
            }
        });
    }

    /** As when the system's buffer is full. */
    @EachTransport
    @PortOf("test_sock_lowlevel.sendto_blocking")
    @PortOf("test_selector_events.sendto_ready")
    @PortOf("test_selector_events.sendto_buffer")
    void aSendThatCannotGoOnWaitsAndThenGoes(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = bound()) {
                List<Runnable> held = new ArrayList<>();
                client.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void write(ChannelHandlerContext context, Object message, ChannelPromise sent) {
                        held.add(() -> context.writeAndFlush(message, sent));
                    }
                });
                Task<?> first = createTask(() -> client.send(new byte[4096], server.localAddress()));
                Task<?> second = createTask(() -> client.send(bytes("data2"), server.localAddress()));
                yieldNow();
                yieldNow();
                assertThat(first.isDone() || second.isDone()).isFalse();
                held.forEach(Runnable::run);
                first.await();
                second.await();
                assertThat(server.receive()).isEqualTo(new Datagram(new byte[4096], client.localAddress()));
                assertThat(server.receive()).isEqualTo(new Datagram(bytes("data2"), client.localAddress()));
            }
        });
    }

    @EachTransport
    void aDatagramThatIsTooLongIsRefusedAndTheSocketStaysUsable(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = bound()) {
                assertThatThrownBy(() -> client.send(new byte[70_000], server.localAddress()))
                        .isInstanceOf(IOException.class);
                client.send(new byte[60_000], server.localAddress());
                assertThat(server.receive().data()).hasSize(60_000);
            }
        });
    }

    @EachTransport
    void aFullQueueStopsReadingAndTheSystemKeepsTheRest(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server =
                            openDatagram(o -> o.withLocalAddress(ANY_PORT).withQueue(4));
                    DatagramEndpoint client = connectedTo(server)) {
                for (int i = 0; i < 40; i++) {
                    client.send(bytes("number " + i));
                }
                until(() -> !server.channel().config().isAutoRead());
                for (int i = 0; i < 100; i++) {
                    yieldNow();
                }
                assertThat(server.toString()).containsPattern(", open, [4-9] received\\]");
                for (int i = 0; i < 40; i++) {
                    assertThat(server.receive().text()).isEqualTo("number " + i);
                }
            }
        });
    }

    @EachTransport
    void iterationEndsWhenItIsClosed(Transport transport) {
        new Loopback(transport).run(() -> {
            DatagramEndpoint server = bound();
            List<String> heard = new ArrayList<>();
            Task<?> listener = createTask(() -> {
                for (Datagram each : server) {
                    heard.add(each.text());
                }
            });
            try (DatagramEndpoint client = connectedTo(server)) {
                client.send(bytes("a"));
                client.send(bytes("b"));
                until(() -> heard.size() == 2);
            }
            server.close();
            listener.await();
            assertThat(heard).containsExactly("a", "b");
        });
    }

    @EachTransport
    void closingWakesThoseWhoReceiveAndEndsSending(Transport transport) {
        new Loopback(transport).run(() -> {
            long sockets = Descriptors.sockets();
            DatagramEndpoint endpoint = bound();
            InetSocketAddress address = endpoint.localAddress();
            Task<Datagram> first = createTask(endpoint::receive);
            Task<Datagram> second = createTask(endpoint::receive);
            yieldNow();
            endpoint.close();
            for (Task<Datagram> receiver : List.of(first, second)) {
                assertThatThrownBy(receiver::await)
                        .hasRootCauseMessage("datagram endpoint is closed: DatagramEndpoint[" + Loopback.text(address)
                                + ", closed, 0 received]");
            }
            assertThatThrownBy(() -> endpoint.send(bytes("late"), address))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("datagram endpoint is closed: ");
            assertThatThrownBy(endpoint::receive).isInstanceOf(IOException.class);
            endpoint.close();
            until(() -> Descriptors.sockets() == sockets);
        });
    }

    @Test
    void aReceiverThatIsCancelledLosesNothing() {
        preferred.run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = connectedTo(server)) {
                Task<Datagram> first = createTask(server::receive);
                Task<Datagram> second = createTask(server::receive);
                yieldNow();
                client.send(bytes("one"));
                until(() -> server.toString().contains("1 received") || first.isDone());
                first.cancel();
                until(first::isDone);
                Task<Datagram> got = first.isCancelled() ? second : first;
                assertThat(got.await().text()).isEqualTo("one");
                second.cancel();
            }
        });
    }

    @Test
    @PortOf("test_base_events.create_datagram_endpoint_no_matching_family")
    void addressesOfTwoFamiliesAreRefused() {
        preferred.run(() -> {
            UnaryOperator<DatagramOptions> two = o -> o.withLocalAddress(ANY_PORT)
                    .withRemoteAddress(new InetSocketAddress(InetAddress.ofLiteral("::1"), 7));
            assertThatThrownBy(() -> openDatagram(two))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("no two addresses of the same family, IPv4 or IPv6: from ");
        });
    }

    @Test
    @PortOf("test_base_events.create_datagram_endpoint_connect_err")
    void aFailedDatagramConnectThrowsAndClosesTheSocket() {
        preferred.run(() -> {
            long sockets = Descriptors.sockets();
            // The system wants to be told that a broadcast is meant.
            InetSocketAddress everybody = new InetSocketAddress(InetAddress.ofLiteral("255.255.255.255"), 9);
            assertThatThrownBy(() -> openDatagram(o -> o.withRemoteAddress(everybody)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("255.255.255.255:9");
            until(() -> Descriptors.sockets() <= sockets);
        });
    }

    @Test
    @PortOf("test_base_events.create_datagram_endpoint_cant_bind")
    void aPortThatIsTakenIsNamedAndTheSocketIsClosed() {
        preferred.run(() -> {
            try (DatagramEndpoint first = bound()) {
                long sockets = Descriptors.sockets();
                assertThatThrownBy(() -> openDatagram(o -> o.withLocalAddress(first.localAddress())))
                        .isInstanceOf(BindException.class)
                        .hasMessageStartingWith("cannot bind to " + Loopback.text(first.localAddress()) + ": ");
                until(() -> Descriptors.sockets() == sockets);
            }
        });
    }

    @Test
    @PortOf("test_selector_events.sendto_connected_addr")
    void likelyMistakesAreTold() {
        preferred.run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = connectedTo(server)) {
                assertThatThrownBy(() -> server.send(bytes("x")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("no peer to send to: name one in send(data, address)");
                assertThatThrownBy(() -> client.send(bytes("x"), client.localAddress()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("cannot send to " + Loopback.text(client.localAddress())
                                + ": the endpoint's only peer is " + Loopback.text(server.localAddress()));
                assertThatThrownBy(() -> server.send(bytes("x"), InetSocketAddress.createUnresolved("example.org", 53)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("unresolved address: example.org: look the name up with Dns.lookUp(...)");
                assertThatThrownBy(() -> openDatagram(o -> o.withQueue(0))).hasMessage("queue < 1: 0");
            }
        });
    }
}
