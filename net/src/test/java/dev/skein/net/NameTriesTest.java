package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a name is asked for: with a resolver that times out as often as a test needs, and at once. */
class NameTriesTest {
    private static final InetSocketAddress HOST = InetSocketAddress.createUnresolved("host.test", 0);
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.7");

    private final Loopback loopback = new Loopback(Transport.preferred());
    private final AddressResolver<InetSocketAddress> resolver = mock();
    private final AddressResolverGroup<InetSocketAddress> resolvers = mock();

    @BeforeEach
    void onlyOneResolver() {
        when(resolvers.getResolver(any())).thenReturn(resolver);
    }

    private static Future<List<InetSocketAddress>> failed(Throwable cause) {
        return Loop.current().eventLoop().newFailedFuture(cause);
    }

    /** As Netty's resolver tells it. */
    private static Future<List<InetSocketAddress>> timedOut() {
        DefaultDnsQuestion question = new DefaultDnsQuestion("host.test.", DnsRecordType.A);
        InetSocketAddress server = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.53"), 53);
        UnknownHostException unknown = new UnknownHostException("Failed to resolve 'host.test'");
        unknown.initCause(new DnsNameResolverTimeoutException(server, question, "query timed out"));
        return failed(unknown);
    }

    private static Future<List<InetSocketAddress>> answered() {
        return Loop.current().eventLoop().newSucceededFuture(List.of(new InetSocketAddress(ADDRESS, 0)));
    }

    private void verifyQueries(int count) {
        verify(resolver, times(count)).resolveAll(HOST);
        verifyNoMoreInteractions(resolver);
    }

    @Test
    void anAnswerIsAskedForOnce() {
        loopback.run(() -> {
            when(resolver.resolveAll(HOST)).thenAnswer(call -> answered());

            assertThat(Dns.lookUp("host.test", resolvers)).containsExactly(ADDRESS);
        });
        verifyQueries(1);
    }

    @Test
    void afterOneTimeoutItIsAskedAgain() {
        loopback.run(() -> {
            when(resolver.resolveAll(HOST)).thenAnswer(call -> timedOut()).thenAnswer(call -> answered());

            assertThat(Dns.lookUp("host.test", resolvers)).containsExactly(ADDRESS);
        });
        verifyQueries(2);
    }

    @Test
    void afterTwoTimeoutsTheAnswerIsNotWaitedForAnyMore() {
        loopback.run(() -> {
            when(resolver.resolveAll(HOST))
                    .thenAnswer(call -> timedOut())
                    .thenAnswer(call -> timedOut())
                    .thenAnswer(call -> answered());

            assertThatThrownBy(() -> Dns.lookUp("host.test", resolvers))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("cannot resolve host.test: no name server answered: check"
                            + " /etc/resolv.conf, or use an address");
        });
        verifyQueries(2);
    }

    @Test
    void aNameThatIsNotKnownIsNotAskedForAgain() {
        loopback.run(() -> {
            when(resolver.resolveAll(HOST))
                    .thenAnswer(call -> failed(new UnknownHostException("NXDOMAIN")))
                    .thenAnswer(call -> answered());

            assertThatThrownBy(() -> Dns.lookUp("host.test", resolvers))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("cannot resolve host.test: NXDOMAIN");
        });
        verifyQueries(1);
    }

    /** Netty makes a channel for each lookup, and does not say itself why it cannot. */
    @Test
    void thatThereWasNoChannelToAskWithIsTold() {
        loopback.run(() -> {
            IOException descriptors = new IOException("Too many open files");
            UnknownHostException unknown = new UnknownHostException("Failed to resolve 'host.test'");
            unknown.initCause(new ChannelException("Unable to create Channel", descriptors));
            when(resolver.resolveAll(HOST)).thenAnswer(call -> failed(unknown));

            assertThatThrownBy(() -> Dns.lookUp("host.test", resolvers))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("cannot resolve host.test: Too many open files");
        });
    }
}
