package dev.skein.net;

import static dev.skein.net.Streams.openDatagram;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Datagrams to groups, to everybody, between names, and over shared ports. */
class DatagramOptionsTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final InetAddress GROUP = InetAddress.ofLiteral("239.255.77.77");

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static NetworkInterface loopback() throws IOException {
        NetworkInterface found = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        assumeTrue(found != null, "no loopback interface");
        return found;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @EachTransport
    void aGroupIsHeardFromJoinToLeave(Transport transport) {
        assumeTrue(transport != Transport.KQUEUE, "Netty has no multicast there");
        new Loopback(transport).run(() -> {
            NetworkInterface on = loopback();
            InetSocketAddress everywhere = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);
            try (DatagramEndpoint member = openDatagram(o -> o.withLocalAddress(everywhere));
                    DatagramEndpoint speaker = openDatagram(
                            o -> o.withLocalAddress(ANY_PORT).withOption(ChannelOption.IP_MULTICAST_IF, on))) {
                int port = member.localAddress().getPort();
                InetSocketAddress group = new InetSocketAddress(GROUP, port);
                InetSocketAddress self = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                speaker.send(bytes("too early"), group);
                member.join(GROUP, on);
                speaker.send(bytes("to the group"), group);
                assertThat(member.receive().text()).isEqualTo("to the group");
                member.leave(GROUP, on);
                speaker.send(bytes("too late"), group);
                speaker.send(bytes("to itself"), self);
                assertThat(member.receive().text()).isEqualTo("to itself");
            }
        });
    }

    @Test
    void anAddressThatIsNoGroupCannotBeJoined() {
        preferred.run(() -> {
            try (DatagramEndpoint member = openDatagram(o -> o.withLocalAddress(ANY_PORT))) {
                assertThatThrownBy(() -> member.join(InetAddress.getLoopbackAddress(), loopback()))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("cannot join or leave 127.0.0.1 on ");
            }
        });
    }

    @EachTransport
    @PortOf("test_base_events.create_datagram_endpoint_allow_broadcast")
    void aBroadcasterIsNotConnectedAndHearsEverybody(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = openDatagram(o -> o.withLocalAddress(ANY_PORT));
                    DatagramEndpoint other = openDatagram(o -> o.withLocalAddress(ANY_PORT));
                    DatagramEndpoint caster = openDatagram(o -> o.withLocalAddress(ANY_PORT)
                            .withRemoteAddress(server.localAddress())
                            .withBroadcast())) {
                assertThat(caster.channel().config().getOption(ChannelOption.SO_BROADCAST))
                        .isTrue();
                caster.send(bytes("to all"));
                assertThat(server.receive().text()).isEqualTo("to all");
                other.send(bytes("from another"), caster.localAddress());
                assertThat(caster.receive().text()).isEqualTo("from another");
            }
        });
    }

    @EachTransport
    @PortOf("test_base_events.create_datagram_endpoint_sockopts")
    void socketsMayShareAPort(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint plain = openDatagram(o -> o.withLocalAddress(ANY_PORT))) {
                assertThat(plain.channel().config().getOption(ChannelOption.SO_BROADCAST))
                        .isFalse();
                assertThatThrownBy(() -> openDatagram(
                                o -> o.withLocalAddress(plain.localAddress()).withReusePort()))
                        .as("its port is its own")
                        .isInstanceOf(BindException.class);
            }
            try (DatagramEndpoint first =
                            openDatagram(o -> o.withLocalAddress(ANY_PORT).withReusePort());
                    DatagramEndpoint second = openDatagram(
                            o -> o.withLocalAddress(first.localAddress()).withReusePort())) {
                assertThat(second.localAddress()).isEqualTo(first.localAddress());
                assertThat(first.channel().config().getOption(ChannelOption.SO_BROADCAST))
                        .isFalse();
                assertThat(first.channel().config().getOption(ChannelOption.SO_REUSEADDR))
                        .isFalse();
            }
        });
    }

    @Test
    @PortOf("test_base_events.create_datagram_endpoint_ip_addr")
    void anAddressIsNotLookedUp() {
        preferred.run(() -> {
            Hosts nobodyIsKnown = new Hosts();
            try (DatagramEndpoint endpoint = openDatagram(o -> o.withResolvers(nobodyIsKnown)
                    .withReusePort()
                    .withLocalAddress(InetSocketAddress.createUnresolved("127.0.0.1", 0)))) {
                assertThat(endpoint.localAddress().getAddress()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
            }
        });
    }

    @Test
    void theFamilyThatBothNamesHaveIsTaken() {
        preferred.run(() -> {
            Hosts hosts = new Hosts().with("here", "::1", "127.0.0.1").with("there", "127.0.0.1");
            try (DatagramEndpoint server = openDatagram(o -> o.withLocalAddress(ANY_PORT));
                    DatagramEndpoint client = openDatagram(o -> o.withResolvers(hosts)
                            .withLocalAddress(InetSocketAddress.createUnresolved("here", 0))
                            .withRemoteAddress(InetSocketAddress.createUnresolved(
                                    "there", server.localAddress().getPort())))) {
                assertThat(client.remoteAddress()).contains(server.localAddress());
                assertThat(client.localAddress().getAddress()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
                client.send(bytes("hello"));
                assertThat(server.receive().sender()).isEqualTo(client.localAddress());
            }
        });
    }

    @Test
    @PortOf("test_base_events.create_datagram_endpoint_no_addrinfo")
    void aNameThatDoesNotResolveIsNamed() {
        preferred.run(() -> {
            assertThatThrownBy(() -> openDatagram(
                            o -> o.withRemoteAddress(InetSocketAddress.createUnresolved("no-such-host.invalid", 9))))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessageStartingWith("cannot resolve no-such-host.invalid");
            Hosts hosts = new Hosts().with("nowhere");
            assertThatThrownBy(() -> openDatagram(o ->
                            o.withResolvers(hosts).withLocalAddress(InetSocketAddress.createUnresolved("nowhere", 0))))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessageStartingWith("cannot resolve nowhere: ");
        });
    }

    @Test
    void withoutAddressesItHasAPortOfItsOwn() {
        preferred.run(() -> {
            try (DatagramEndpoint client = openDatagram(o -> o);
                    DatagramEndpoint server = openDatagram(o -> o.withLocalAddress(ANY_PORT))) {
                assertThat(client.localAddress().getPort()).isPositive();
                client.send(bytes("hello"), server.localAddress());
                assertThat(server.receive().sender().getPort())
                        .isEqualTo(client.localAddress().getPort());
            }
        });
    }
}
