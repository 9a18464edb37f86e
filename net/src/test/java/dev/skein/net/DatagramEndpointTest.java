package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Streams.openDatagram;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Action;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a datagram endpoint keeps, tells and refuses. */
class DatagramEndpointTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final byte[] NOTHING = {};

    private final Loopback preferred = new Loopback(Transport.preferred());

    private static DatagramEndpoint bound() throws IOException {
        return openDatagram(o -> o.withLocalAddress(ANY_PORT));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** Holds what {@code endpoint} writes until these are run. */
    private static List<Runnable> heldWritesOf(DatagramEndpoint endpoint) {
        List<Runnable> held = new ArrayList<>();
        endpoint.channel().pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise sent) {
                held.add(() -> context.writeAndFlush(message, sent));
            }
        });
        return held;
    }

    /** Has {@code count} datagrams come, one after the other, with no network. */
    private static void arrive(DatagramEndpoint endpoint, int count) {
        for (int i = 0; i < count; i++) {
            ByteBuf data = Unpooled.buffer().writeByte(i);
            endpoint.channel()
                    .pipeline()
                    .fireChannelRead(new DatagramPacket(data, endpoint.localAddress(), endpoint.localAddress()));
        }
    }

    @Test
    void readingStopsAtTheBoundAndGoesOnAtHalfOfIt() {
        preferred.run(() -> {
            try (DatagramEndpoint endpoint =
                    openDatagram(o -> o.withLocalAddress(ANY_PORT).withQueue(4))) {
                List<Boolean> reads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    arrive(endpoint, 1);
                    reads.add(endpoint.channel().config().isAutoRead());
                }
                assertThat(reads).containsExactly(true, true, true, false);
                reads.clear();
                for (int i = 0; i < 3; i++) {
                    endpoint.receive();
                    reads.add(endpoint.channel().config().isAutoRead());
                }
                assertThat(reads).containsExactly(false, true, true);
            }
        });
    }

    @Test
    void aQueueOfOneIsEnough() {
        preferred.run(() -> {
            try (DatagramEndpoint endpoint =
                    openDatagram(o -> o.withLocalAddress(ANY_PORT).withQueue(1))) {
                arrive(endpoint, 1);
                assertThat(endpoint.channel().config().isAutoRead()).isFalse();
                endpoint.receive();
                assertThat(endpoint.channel().config().isAutoRead()).isTrue();
            }
        });
    }

    @Test
    void anEmptyDatagramIsSentBehindWhatIsQueued() {
        preferred.run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = bound()) {
                List<Runnable> held = heldWritesOf(client);
                Task<?> first = createTask(() -> client.send(bytes("first"), server.localAddress()));
                yieldNow();
                Task<?> second = createTask(() -> client.send(NOTHING, server.localAddress()));
                yieldNow();
                yieldNow();
                assertThat(second.isDone()).isFalse();
                held.forEach(Runnable::run);
                first.await();
                second.await();
                assertThat(server.receive().text()).isEqualTo("first");
                assertThat(server.receive().text()).isEmpty();
            }
        });
    }

    @Test
    void closeSendsWhatIsQueuedAndTakesNothingMeanwhile() {
        preferred.run(() -> {
            try (DatagramEndpoint server = bound()) {
                DatagramEndpoint client = bound();
                List<Runnable> held = heldWritesOf(client);
                Task<?> sending = createTask(() -> client.send(bytes("queued"), server.localAddress()));
                yieldNow();
                Task<?> closing = createTask(client::close);
                yieldNow();
                yieldNow();
                assertThat(client.isClosing()).isTrue();
                assertThat(client.channel().isOpen()).isTrue();
                arrive(client, 1);
                assertThat(client.toString()).endsWith(", closed, 0 received]");
                held.forEach(Runnable::run);
                sending.await();
                closing.await();
                assertThat(server.receive().text()).isEqualTo("queued");
            }
        });
    }

    @EachTransport
    void abortClosesItAtOnceAndWakesWhoReceives(Transport transport) {
        new Loopback(transport).run(() -> {
            DatagramEndpoint endpoint = bound();
            Task<Datagram> receiver = createTask(endpoint::receive);
            yieldNow();
            endpoint.abort();
            assertThat(endpoint.isClosing()).isTrue();
            assertThatThrownBy(receiver::await).hasMessageContaining("datagram endpoint is closed: ");
            until(() -> !endpoint.channel().isOpen());
        });
    }

    @Test
    void aChannelThatAStrangerClosesIsTheEndOfWhatComes() {
        preferred.run(() -> {
            DatagramEndpoint endpoint = bound();
            Task<Datagram> receiver = createTask(endpoint::receive);
            yieldNow();
            endpoint.channel().close();
            until(receiver::isDone);
            assertThat(receiver.exception()).hasMessageContaining("datagram endpoint is closed: ");
            assertThat(endpoint.isClosing()).isTrue();
        });
    }

    @Test
    void aFailureInThePipelineIsReportedAndClosesTheEndpoint() {
        preferred.run(() -> {
            DatagramEndpoint endpoint = bound();
            IllegalArgumentException failure = new IllegalArgumentException("a codec has failed");
            Loop.current().callSoon(() -> endpoint.channel().pipeline().fireExceptionCaught(failure));
            until(endpoint::isClosing);
            ErrorContext error = preferred.takeError();
            assertThat(error.message()).startsWith("datagram endpoint failed and is closed: DatagramEndpoint[");
            assertThat(error.exception()).contains(failure);
        });
    }

    /** Its answer has come when the next one is sent, which so is not. */
    @EachTransport
    void aSendThatMeetsTheAnswerOfAnEarlierOneSaysThatNobodyListens(Transport transport) {
        assumeTrue(transport != Transport.NIO, "the JDK sends no empty datagram on a connected socket");
        new Loopback(transport).run(() -> {
            InetSocketAddress nobody;
            try (DatagramEndpoint gone = bound()) {
                nobody = gone.localAddress();
            }
            try (DatagramEndpoint client = openDatagram(o -> o.withRemoteAddress(nobody))) {
                client.send(NOTHING);
                assertThatThrownBy(() -> client.send(NOTHING))
                        .isInstanceOf(PortUnreachableException.class)
                        .hasMessageStartingWith(AddressText.of(nobody) + " is unreachable: no socket is bound there");
            }
        });
    }

    @EachTransport
    void aDatagramThatIsTooLongIsNotCalledUnreachable(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint server = bound();
                    DatagramEndpoint client = openDatagram(o -> o.withRemoteAddress(server.localAddress()))) {
                assertThatThrownBy(() -> client.send(new byte[70_000]))
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(PortUnreachableException.class);
            }
        });
    }

    @EachTransport
    void aGroupOfTheOtherFamilyCannotBeJoined(Transport transport) {
        new Loopback(transport).run(() -> {
            NetworkInterface on = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            assumeTrue(on != null, "no loopback interface");
            try (DatagramEndpoint four = bound()) {
                assertThatThrownBy(() -> four.join(InetAddress.ofLiteral("ff02::77"), on))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("cannot join or leave ff02:0:0:0:0:0:0:77 on ");
            }
        });
    }

    @EachTransport
    void optionsOfNettysReachTheSocket(Transport transport) {
        new Loopback(transport).run(() -> {
            try (DatagramEndpoint endpoint =
                    openDatagram(o -> o.withLocalAddress(ANY_PORT).withOption(ChannelOption.IP_MULTICAST_TTL, 7))) {
                assertThat(endpoint.channel().config().getOption(ChannelOption.IP_MULTICAST_TTL))
                        .isEqualTo(7);
            }
        });
    }

    @Test
    void ifNoPairOfAddressesCanBeHadEachIsTold() {
        preferred.run(() -> {
            try (DatagramEndpoint taken = bound()) {
                Hosts hosts = new Hosts().with("there", Loopback.HOST, "127.0.0.2");
                String told = "cannot bind to " + Loopback.text(taken.localAddress()) + ": ";
                assertThatThrownBy(() -> openDatagram(o -> o.withResolvers(hosts)
                                .withLocalAddress(taken.localAddress())
                                .withRemoteAddress(InetSocketAddress.createUnresolved("there", 9))))
                        .isInstanceOf(BindException.class)
                        .hasMessageStartingWith(told)
                        .satisfies(all -> assertThat(all.getSuppressed())
                                .singleElement(THROWABLE)
                                .hasMessageStartingWith(told));
            }
        });
    }

    @Test
    void aForeignThreadIsRefused() {
        preferred.run(() -> {
            try (DatagramEndpoint endpoint = bound()) {
                NetworkInterface on =
                        NetworkInterface.networkInterfaces().findAny().orElseThrow();
                InetAddress group = InetAddress.ofLiteral("239.255.77.78");
                for (Action each : List.<Action>of(
                        endpoint::receive,
                        () -> endpoint.send(NOTHING, endpoint.localAddress()),
                        () -> endpoint.join(group, on),
                        endpoint::close,
                        endpoint::abort)) {
                    assertThatThrownBy(() -> toThread(() -> {
                                each.run();
                                return 1;
                            }))
                            .isInstanceOf(WrongThreadException.class);
                }
                assertThat(endpoint.isClosing()).isFalse();
            }
        });
    }

    @Test
    void datagramsAreEqualIfTheirDataAndTheirSendersAre() {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        InetSocketAddress there = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
        Datagram one = new Datagram(bytes("a"), here);
        assertThat(one).isEqualTo(new Datagram(bytes("a"), here)).hasSameHashCodeAs(new Datagram(bytes("a"), here));
        for (Datagram other : List.of(new Datagram(bytes("b"), here), new Datagram(bytes("a"), there))) {
            assertThat(one).isNotEqualTo(other).doesNotHaveSameHashCodeAs(other);
        }
        assertThat(one).isNotEqualTo("a");
    }
}
