package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.testsupport.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalIoHandler;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The loop on each of Netty's transports, with plain Netty channels. */
class TransportTest {
    static void assumeAvailable(Transport transport) {
        assumeTrue(
                transport.isAvailable(),
                () -> transport + " is not available here: "
                        + transport.unavailabilityCause().orElseThrow());
    }

    @Test
    void aTransportIsNamedAsItsConstantInAnyCase() {
        for (String name : List.of("io_uring", "IO_URING", "Io_Uring")) {
            assertThat(Transport.named(name)).isSameAs(Transport.IO_URING);
        }
        assertThatThrownBy(() -> Transport.named("iouring"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("-Dskein.transport=iouring: not a transport (expected nio, epoll, io_uring or kqueue)");
    }

    @Test
    void theSystemsOwnIsPreferredToTheJdksUnlessOneIsNamed() {
        String named = System.getProperty("skein.transport");
        Transport best = Transport.EPOLL.isAvailable()
                ? Transport.EPOLL
                : Transport.KQUEUE.isAvailable() ? Transport.KQUEUE : Transport.NIO;
        assertThat(Transport.preferred()).isSameAs(named == null ? best : Transport.named(named));
    }

    @ParameterizedTest
    @EnumSource
    void oneThatIsNotAvailableSaysWhatToDo(Transport transport) {
        assumeFalse(transport.isAvailable(), () -> transport + " is available here");
        assertThatThrownBy(transport::requireAvailable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("transport " + transport.name().toLowerCase(Locale.ROOT)
                        + " is not available here: put Netty's native code for it on the class path, or choose"
                        + " another with -Dskein.transport=nio")
                .hasCause(transport.unavailabilityCause().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource
    void timersFireInTheirOrderAndNotTooEarly(Transport transport) {
        assumeAvailable(transport);
        List<Integer> order = new ArrayList<>();
        long start = System.nanoTime();
        run(
                () -> {
                    Loop loop = Loop.current();
                    assertThat(loop.transport()).isEqualTo(transport);
                    for (int millis : new int[] {15, 5, 10}) {
                        loop.callLater(Duration.ofMillis(millis), () -> order.add(millis));
                    }
                    sleep(Duration.ofMillis(20));
                },
                o -> o.withTransport(transport));

        assertThat(order).containsExactly(5, 10, 15);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    /** Bootstraps ask this to choose the class of a channel. */
    @ParameterizedTest
    @CsvSource({"NIO, nio.NioIoHandler", "EPOLL, epoll.EpollIoHandler", "IO_URING, uring.IoUringIoHandler"})
    void aGroupSaysWhichOfNettysHandlersItHas(Transport transport, String handler) throws Exception {
        assumeAvailable(transport);
        try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(transport))) {
            assertThat(group.isIoType(
                            Class.forName("io.netty.channel." + handler).asSubclass(IoHandler.class)))
                    .isTrue();
            assertThat(group.isIoType(LocalIoHandler.class)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStrangerWakesTheLoopTenThousandTimesFromItsPoll(Transport transport) throws Exception {
        assumeAvailable(transport);
        int times = 10_000;
        Semaphore heard = new Semaphore(0);
        try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(transport))) {
            Loop loop = Loop.of(group.next());
            for (int i = 0; i < times; i++) {
                loop.callSoonThreadsafe(heard::release);
                // The next one comes when the loop has nothing left to do but to wait for it.
                assertThat(heard.tryAcquire(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .as("wake-up " + i)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void strangersWhoCallAllAtOnceAreAllHeard(Transport transport) throws Exception {
        assumeAvailable(transport);
        int each = 2_500;
        int[] heard = new int[1];
        try (Loop loop = newEventLoop(o -> o.withTransport(transport))) {
            int total = loop.runUntilComplete(() -> {
                Future<Integer> all = loop.createFuture();
                Runnable listener = () -> {
                    if (++heard[0] == 4 * each) {
                        all.setResult(heard[0]);
                    }
                };
                for (int i = 0; i < 4; i++) {
                    Thread.ofPlatform().start(() -> callOften(loop, each, listener));
                }
                return await(all);
            });
            assertThat(total).isEqualTo(4 * each);
        }
    }

    private static void callOften(Loop loop, int times, Runnable listener) {
        for (int i = 0; i < times; i++) {
            loop.callSoonThreadsafe(listener);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bootstrapsAreAwaitedAndBytesAreEchoed(Transport transport) throws Exception {
        assumeAvailable(transport);
        try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(transport))) {
            String answer = runCoroutineThreadsafe(() -> echo(group, transport), Loop.of(group.next()))
                    .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(answer).isEqualTo("ping");
        }
    }

    /** Binds, connects, sends and receives in one coroutine, and closes what it opened. */
    private static String echo(EventLoopGroup group, Transport transport) {
        Channel server = await(bind(group, transport, new EchoHandler()));
        Future<String> answer = Loop.current().createFuture();
        Channel client = await(new Bootstrap()
                .group(group)
                .channel(transport.socketChannel())
                .handler(new Listener(answer))
                .connect(server.localAddress()));
        await(client.writeAndFlush(Unpooled.copiedBuffer("ping", StandardCharsets.UTF_8)));
        String text = await(answer);
        assertThat(await(client.close()).isOpen()).isFalse();
        assertThat(await(server.close()).isOpen()).isFalse();
        return text;
    }

    /** More than Netty's ring of io_uring has room for, so that room has to be made while the coroutine goes on. */
    @ParameterizedTest
    @EnumSource
    void aCoroutineMayAskForAThousandConnectionsInOneStep(Transport transport) throws Exception {
        assumeAvailable(transport);
        int connections = 1_000;
        try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(transport))) {
            int connected = runCoroutineThreadsafe(() -> connect(group, transport, connections), Loop.of(group.next()))
                    .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(connected).isEqualTo(connections);
        }
    }

    /** How many of {@code count} connections, begun at once, came about. */
    private static int connect(EventLoopGroup group, Transport transport, int count) {
        Channel server = await(bind(group, transport, new EchoHandler()));
        Bootstrap client =
                new Bootstrap().group(group).channel(transport.socketChannel()).handler(new EchoHandler());
        List<ChannelFuture> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            begun.add(client.connect(server.localAddress()));
        }
        int connected = 0;
        for (ChannelFuture one : begun) {
            await(await(one).close());
            connected++;
        }
        await(server.close());
        return connected;
    }

    private static ChannelFuture bind(EventLoopGroup group, Transport transport, ChannelHandler handler) {
        return new ServerBootstrap()
                .group(group)
                .channel(transport.serverSocketChannel())
                .childHandler(handler)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static final class EchoHandler extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    context.writeAndFlush(message);
                }
            });
        }
    }

    private static final class Listener extends SimpleChannelInboundHandler<ByteBuf> {
        private final Future<String> answer;

        Listener(Future<String> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            answer.setResult(bytes.toString(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingTheLoopClosesItsChannels(Transport transport) throws Exception {
        assumeAvailable(transport);
        Channel server;
        try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(transport))) {
            server = bind(group, transport, new EchoHandler()).sync().channel();
            assertThat(server.isOpen()).isTrue();
        }
        assertThat(server.isOpen()).isFalse();
        assertThat(server.closeFuture().isDone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void anAwaitOfWhatFailsThrowsTheFailure(Transport transport) throws Exception {
        assumeAvailable(transport);
        try (LoopGroup group = new LoopGroup(1, o -> o.withTransport(transport))) {
            String failure = runCoroutineThreadsafe(
                            () -> {
                                Channel server = await(bind(group, transport, new EchoHandler()));
                                await(server.close());
                                try {
                                    await(new Bootstrap()
                                            .group(group)
                                            .channel(transport.socketChannel())
                                            .handler(new EchoHandler())
                                            .connect(server.localAddress()));
                                    return "connected";
                                } catch (UncheckedIOException refused) {
                                    return refused.getCause() instanceof ConnectException ? "refused" : "?";
                                }
                            },
                            Loop.of(group.next()))
                    .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(failure).isEqualTo("refused");
        }
    }
}
