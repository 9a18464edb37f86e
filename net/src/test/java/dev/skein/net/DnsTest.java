package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.ResolvedAddressTypes;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names, looked up at a name server of this machine. */
class DnsTest {
    private static final List<InetAddress> LOOPBACK =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static LoopResolvers bothFamilies(NameServer server) {
        return server.resolvers(builder -> builder.resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .searchDomains(List.of()));
    }

    @EachTransport
    void aNameServerIsAskedOnceForEachFamily(Transport transport) {
        new Loopback(transport).run(() -> {
            try (NameServer server = new NameServer().with("host.test", "::1", "127.0.0.1", "127.0.0.2")) {
                LoopResolvers resolvers = bothFamilies(server);
                for (int i = 0; i < 2; i++) {
                    assertThat(Dns.lookUp("host.test", resolvers))
                            .containsExactly(
                                    InetAddress.ofLiteral("127.0.0.1"),
                                    InetAddress.ofLiteral("127.0.0.2"),
                                    InetAddress.ofLiteral("::1"));
                }
                assertThat(server.questions()).containsExactlyInAnyOrder("host.test. A", "host.test. AAAA");
            }
        });
    }

    @Test
    void aConnectionIsOpenedToAName() {
        preferred.run(() -> {
            try (NameServer names = new NameServer().with("host.test", "127.0.0.1");
                    Server server = startServer(peer -> peer.writer().writeLine("hello"), Loopback.HOST, 0);
                    Connection connection =
                            openConnection("host.test", server.port(), o -> o.withResolvers(bothFamilies(names)))) {
                assertThat(connection.reader().readLine()).isEqualTo("hello");
            }
        });
    }

    @Test
    void searchDomainsAreTried() {
        preferred.run(() -> {
            try (NameServer server = new NameServer().with("host.lab.test", "127.0.0.7")) {
                LoopResolvers resolvers = server.resolvers(
                        b -> b.searchDomains(List.of("other.test", "lab.test")).ndots(1));
                assertThat(Dns.lookUp("host", resolvers)).containsExactly(InetAddress.ofLiteral("127.0.0.7"));
                assertThat(server.questions()).contains("host.other.test. A", "host.lab.test. A");
            }
        });
    }

    @Test
    void aNameThatTheServerDoesNotKnowIsNamed() {
        preferred.run(() -> {
            try (NameServer server = new NameServer()) {
                assertThatThrownBy(() -> Dns.lookUp("nobody.test", bothFamilies(server)))
                        .isInstanceOf(UnknownHostException.class)
                        .hasMessageStartingWith("cannot resolve nobody.test: ")
                        .hasMessageContaining("Failed to resolve 'nobody.test'");
            }
        });
    }

    /** A datagram may be lost, so that there are two tries; the loop goes on meanwhile. */
    @Test
    void aServerThatDoesNotAnswerIsAskedTwiceAndThatIsTheEnd() {
        preferred.run(() -> {
            try (NameServer server = new NameServer()) {
                server.fallSilent();
                LoopResolvers impatient = server.resolvers(builder -> builder.queryTimeoutMillis(50)
                        .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                        .searchDomains(List.of()));
                Task<List<InetAddress>> lookup = createTask(() -> Dns.lookUp("host.test", impatient));
                int turns = 0;
                while (!lookup.isDone()) {
                    yieldNow();
                    turns++;
                }
                assertThat(turns).isGreaterThan(10);
                assertThatThrownBy(lookup::await)
                        .hasRootCauseInstanceOf(io.netty.resolver.dns.DnsNameResolverTimeoutException.class)
                        .hasMessageContaining("cannot resolve host.test: no name server answered: check"
                                + " /etc/resolv.conf, or use an address");
                assertThat(server.questions())
                        .containsExactlyInAnyOrder(
                                "host.test. A", "host.test. AAAA", "host.test. A", "host.test. AAAA");
            }
        });
    }

    @Test
    void aConnectThatIsCancelledWhileItsNameIsLookedUpEndsAtOnce() {
        preferred.run(() -> {
            try (NameServer server = new NameServer()) {
                server.fallSilent();
                LoopResolvers resolvers = bothFamilies(server);
                Task<Connection> attempt =
                        createTask(() -> openConnection("host.test", 9, o -> o.withResolvers(resolvers)));
                until(() -> !server.questions().isEmpty());
                attempt.cancel();
                until(attempt::isDone);
                assertThat(attempt.isCancelled()).isTrue();
            }
        });
    }

    @EachTransport
    void noSocketOutlivesItsLookup(Transport transport) {
        new Loopback(transport).run(() -> {
            try (NameServer server = new NameServer().with("host.test", "127.0.0.1")) {
                // With the one that the JDK keeps from the first socket on that it closes.
                new NameServer().close();
                yieldNow();
                long sockets = Descriptors.sockets();
                LoopResolvers resolvers = bothFamilies(server);
                Dns.lookUp("host.test", resolvers);
                until(() -> Descriptors.sockets() == sockets);
                assertThatThrownBy(() -> Dns.lookUp("nobody.test", resolvers)).isInstanceOf(UnknownHostException.class);
                until(() -> Descriptors.sockets() == sockets);
            }
        });
    }

    @EachTransport
    void aLoopMayEndInTheMiddleOfALookup(Transport transport) {
        Loopback loopback = new Loopback(transport);
        loopback.run(() -> new NameServer().close());
        long sockets = Descriptors.sockets();
        loopback.run(() -> {
            NameServer server = new NameServer();
            server.fallSilent();
            Task<List<InetAddress>> unfinished = createTask(() -> Dns.lookUp("host.test", bothFamilies(server)));
            until(() -> server.questions().size() == 2);
            assertThat(unfinished.isDone()).isFalse();
            server.close();
        });
        assertThat(Descriptors.sockets()).isEqualTo(sockets);
    }

    /** What the file of hosts says, if it knows it. */
    private static List<InetAddress> localhost() {
        HostsFileEntriesProvider file = HostsFileEntriesProvider.parser().parseSilently();
        List<InetAddress> known = new ArrayList<>(file.ipv4Entries().getOrDefault("localhost", List.of()));
        known.addAll(file.ipv6Entries().getOrDefault("localhost", List.of()));
        return known.isEmpty() ? LOOPBACK : known;
    }

    @Test
    void localhostIsThisMachineAndNobodyIsAsked() {
        preferred.run(() -> {
            try (NameServer server = new NameServer()) {
                LoopResolvers resolvers = bothFamilies(server);
                assertThat(Dns.lookUp("localhost", resolvers)).containsExactlyElementsOf(localhost());
                assertThat(Dns.lookUp("app.LocalHost", resolvers)).containsExactlyElementsOf(LOOPBACK);
                assertThatThrownBy(() -> Dns.lookUp("some.invalid", resolvers))
                        .isInstanceOf(UnknownHostException.class)
                        .hasMessage("cannot resolve some.invalid: names under .invalid never resolve (RFC 6761)");
                assertThat(server.questions()).isEmpty();
            }
        });
    }

    @Test
    @PortOf("test_base_events.create_connection_ip_addr")
    @PortOf("test_base_events.ipaddr_info")
    @PortOf("test_base_events.create_connection_ipv6_scope")
    void anAddressIsNotLookedUp() {
        preferred.run(() -> {
            try (NameServer server = new NameServer()) {
                LoopResolvers resolvers = bothFamilies(server);
                for (String address : List.of("127.0.0.1", "::1", "fd00::1", "fe80::1%1")) {
                    assertThat(Dns.lookUp(address, resolvers)).containsExactly(InetAddress.ofLiteral(address));
                }
                assertThat(Dns.lookUp("fe80::1%1", resolvers))
                        .singleElement(type(Inet6Address.class))
                        .returns(1, Inet6Address::getScopeId);
                assertThatThrownBy(() -> Dns.lookUp("host.test:80", resolvers))
                        .isInstanceOf(UnknownHostException.class)
                        .hasMessage("cannot resolve host.test:80: not an IPv6 address, and a host name has no colon");
                try (Server there = startServer(peer -> peer.writer().writeLine("hello"), Loopback.HOST, 0);
                        Connection connection =
                                openConnection("127.0.0.1", there.port(), o -> o.withResolvers(resolvers))) {
                    assertThat(connection.remoteAddress())
                            .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), there.port()));
                }
                assertThat(server.questions()).isEmpty();
            }
        });
    }

    @Test
    void aResolverOfTheCallersIsAskedForNamesAlone() {
        preferred.run(() -> {
            Hosts hosts = new Hosts().with("app.localhost", "127.0.0.9");
            assertThat(Dns.lookUp("app.localhost", hosts)).containsExactly(InetAddress.ofLiteral("127.0.0.9"));
            for (String address : List.of("127.0.0.1", "::1")) {
                assertThat(Dns.lookUp(address, hosts)).containsExactly(InetAddress.ofLiteral(address));
            }
            assertThatThrownBy(() -> Dns.lookUp(":80", hosts))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("cannot resolve :80: not an IPv6 address, and a host name has no colon");
        });
    }

    @Test
    void invalidNamesAreUnknownHosts() {
        preferred.run(() -> {
            try (NameServer server = new NameServer()) {
                for (String none : List.of(
                        "a..b",
                        ".",
                        ".a",
                        "..",
                        "a".repeat(64),
                        "b.".repeat(200) + "b",
                        "ho st",
                        "a\0b",
                        "-",
                        "\u2603")) {
                    for (var resolvers : List.of(bothFamilies(server), DefaultAddressResolverGroup.INSTANCE)) {
                        assertThatThrownBy(() -> Dns.lookUp(none, resolvers))
                                .as(none)
                                .isInstanceOf(UnknownHostException.class)
                                .hasMessageStartingWith("cannot resolve " + none + ": ");
                    }
                }
                LoopResolvers resolvers = bothFamilies(server);
                assertThatThrownBy(() -> openConnection("a..b", 1, o -> o.withResolvers(resolvers)))
                        .isInstanceOf(UnknownHostException.class);
                assertThatThrownBy(() -> startServer(peer -> {}, "a..b", 0)).isInstanceOf(UnknownHostException.class);
            }
        });
    }

    /** On the loop's own thread, or in the coroutine, it would be over with the task's first step: its code is native. */
    @Test
    void theSystemsOwnResolverIsAskedOnAnotherThread() {
        preferred.run(() -> {
            Task<List<InetAddress>> lookup =
                    createTask(() -> Dns.lookUp("localhost", DefaultAddressResolverGroup.INSTANCE));
            yieldNow();
            assertThat(lookup.isDone()).isFalse();
            until(lookup::isDone);
            assertThat(lookup.await()).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
        });
    }
}
