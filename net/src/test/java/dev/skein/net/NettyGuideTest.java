package dev.skein.net;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.SettableFuture;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import dev.skein.loop.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The page docs/netty.md: its programs are those of {@link NettyGuide}, and they run. */
class NettyGuideTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static int port(Channel server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Test
    void everyProgramOfThePageIsCompiled() throws IOException {
        GuidePage.assertCompiled("netty.md", NettyGuide.class);
    }

    /** Says {@code line} over a blocking socket, and gives the line that comes back. */
    private static String ask(int port, String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                Reader reader = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
                BufferedReader lines = new BufferedReader(reader)) {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return lines.readLine();
        }
    }

    @Test
    void aHandlerStartsACoroutine() throws Exception {
        try (LoopGroup group = new LoopGroup(1)) {
            Channel server = NettyGuide.startUpper(group);
            assertThat(ask(port(server), "hello")).isEqualTo("HELLO");
        }
    }

    @Test
    void anInitializerMakesMessages() throws Exception {
        try (LoopGroup group = new LoopGroup(2)) {
            Channel server = new ServerBootstrap()
                    .group(group)
                    .channel(Transport.preferred().serverSocketChannel())
                    .childHandler(new NettyGuide.Chat())
                    .bind(HOST, 0)
                    .sync()
                    .channel();
            for (int i = 0; i < 3; i++) {
                assertThat(ask(port(server), "you")).isEqualTo("hello you");
            }
        }
    }

    @Test
    void aConnectionIsMadeOfAnActiveChannel() {
        preferred.run(() -> {
            Server server =
                    startServer(peer -> peer.writer().write(peer.reader().readExactly(3)), HOST, 0);
            Channel channel = await(new Bootstrap()
                    .group(Loop.current().eventLoop())
                    .channel(Loop.current().transport().socketChannel())
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(HOST, server.port()));
            try (Connection connection = Connection.of(channel)) {
                assertThat(connection.remoteAddress()).isEqualTo(channel.remoteAddress());
                connection.writer().write("abc");
                assertThat(connection.reader().readAll()).isEqualTo("abc".getBytes(StandardCharsets.UTF_8));
            }
            server.close();
            server.waitClosed();
        });
    }

    @Test
    void aChannelOfAnotherLoopIsRefused() throws Exception {
        MultiThreadIoEventLoopGroup strangers = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (strangers) {
            Channel channel = new Bootstrap()
                    .group(strangers)
                    .channel(NioSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .register()
                    .sync()
                    .channel();
            preferred.run(() -> {
                assertThatThrownBy(() -> Messages.of(channel))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageEndingWith("give the bootstrap a LoopGroup");
                assertThatThrownBy(() -> Connection.of(channel)).hasMessageEndingWith("give the bootstrap a LoopGroup");
            });
            channel.close().sync();
        }
    }

    @Test
    void nettysFuturesAreGathered() {
        preferred.run(() -> {
            Server server = startServer(peer -> {}, HOST, 0);
            Bootstrap bootstrap = new Bootstrap()
                    .group(Loop.current().eventLoop())
                    .channel(Loop.current().transport().socketChannel())
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {}
                    });
            for (Channel channel : NettyGuide.connectTwice(bootstrap, server.port())) {
                await(channel.close());
            }
            server.close();
            server.waitClosed();
        });
    }

    @Test
    void anotherThreadRunsACoroutine() throws Exception {
        try (LoopGroup group = new LoopGroup(1)) {
            assertThat(NettyGuide.fromOutside(
                            group,
                            ImmediateEventExecutor.INSTANCE.<String>newPromise().setSuccess("a")))
                    .isEqualTo("a!");
        }
    }

    @Test
    void guavasFuturesAreAwaited() {
        preferred.run(() -> {
            SettableFuture<String> later = SettableFuture.create();
            Thread.ofPlatform().start(() -> later.set("guava"));
            assertThat(NettyGuide.awaitGuava(later)).isEqualTo("guava");
            assertThatThrownBy(
                            () -> NettyGuide.awaitGuava(Futures.immediateFailedFuture(new IllegalStateException("no"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no");
        });
    }

    @Test
    void reactorsItemsAreIteratedOverWithDemand() {
        preferred.run(() -> {
            List<Long> requests = new ArrayList<>();
            Flux<Integer> numbers = Flux.range(1, 100).doOnRequest(requests::add);
            assertThat(NettyGuide.sum(numbers)).isEqualTo(5050);
            assertThat(requests).startsWith(16L, 8L).hasSizeLessThan(14);
            assertThat(NettyGuide.sum(Flux.range(1, 1000).publishOn(Schedulers.parallel())))
                    .isEqualTo(500_500);
            assertThatThrownBy(() -> NettyGuide.sum(Flux.error(new IllegalStateException("no"))))
                    .hasMessage("no");
        });
    }

    @Test
    void aCoroutineIsAPublisherForReactor() {
        preferred.run(() -> {
            Server server = startServer(
                    peer -> {
                        for (int i = 0; i < 1000; i++) {
                            peer.writer().writeLine("line " + i);
                        }
                    },
                    HOST,
                    0);
            try (Connection connection = openConnection(HOST, server.port())) {
                List<String> some = await(NettyGuide.lines(connection.reader())
                        .filter(line -> line.endsWith("7"))
                        .take(3)
                        .collectList()
                        .toFuture());
                assertThat(some).containsExactly("line 7", "line 17", "line 27");
                assertThat(connection.reader().readLine()).isNotNull();
            }
            server.close();
            server.closeClients();
            server.waitClosed();
        });
    }
}
