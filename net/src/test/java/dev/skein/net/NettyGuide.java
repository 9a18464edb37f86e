package dev.skein.net;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.waitFor;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import dev.skein.loop.Transport;
import dev.skein.loop.flow.Publishers;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/** The programs of docs/netty.md, which NettyGuideTest compares with that page and runs. */
final class NettyGuide {
    private NettyGuide() {}

    // [a loop group in any bootstrap
    static Channel startUpper(LoopGroup group) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(Transport.preferred().serverSocketChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new LineBasedFrameDecoder(8192),
                                        new StringDecoder(UTF_8),
                                        new StringEncoder(UTF_8),
                                        new Upper());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }
    // ]

    // [a coroutine started from a handler
    static final class Upper extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object line) {
            Loop loop = Loop.of(ctx.channel().eventLoop());
            loop.createTask(
                    () -> answer(ctx, (String) line), "answer-" + ctx.channel().remoteAddress());
        }

        private static void answer(ChannelHandlerContext ctx, String line) throws Exception {
            String name = waitFor(() -> lookUp(line), Duration.ofSeconds(3));
            await(ctx.writeAndFlush(name + "\n"));
        }

        private static String lookUp(String line) {
            // Any future of Netty's, the JDK's or Skein's can be awaited here.
            return await(CompletableFuture.supplyAsync(() -> line.toUpperCase(Locale.ROOT)));
        }
    }
    // ]

    // [messages and streams of a channel
    static final class Chat extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            new LineBasedFrameDecoder(8192),
                            new StringDecoder(UTF_8),
                            new LineEncoder(LineSeparator.UNIX, UTF_8));
            Messages<String, String> peer = Messages.of(channel);
            Loop.of(channel.eventLoop()).createTask(() -> greet(peer));
        }

        private static void greet(Messages<String, String> peer) throws Exception {
            try (peer) {
                for (String name : peer) {
                    peer.send("hello " + name);
                }
            }
        }
    }
    // ]

    // [netty's futures
    static List<Channel> connectTwice(Bootstrap bootstrap, int port) {
        ChannelFuture first = bootstrap.connect("127.0.0.1", port);
        ChannelFuture second = bootstrap.connect("127.0.0.1", port);
        gather(first, second).await();
        return List.of(first.channel(), second.channel());
    }
    // ]

    // [from another thread
    static String fromOutside(LoopGroup group, Promise<String> promise) throws Exception {
        Loop loop = Loop.of(group.next());
        return runCoroutineThreadsafe(() -> await(promise) + "!", loop).get();
    }
    // ]

    // [guava
    static <T> T awaitGuava(ListenableFuture<T> future) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        FutureCallback<T> complete = new FutureCallback<>() {
            @Override
            public void onSuccess(T result) {
                stage.complete(result);
            }

            @Override
            public void onFailure(Throwable cause) {
                stage.completeExceptionally(cause);
            }
        };
        Futures.addCallback(future, complete, MoreExecutors.directExecutor());
        return await(stage);
    }
    // ]

    // [reactor
    static long sum(Flux<Integer> numbers) {
        long sum = 0;
        try (Generator<Integer> items = Publishers.items(JdkFlowAdapter.publisherToFlowPublisher(numbers), 16)) {
            for (int number : items) {
                sum += number;
            }
        }
        return sum;
    }

    static Flux<String> lines(StreamReader reader) {
        Flow.Publisher<String> lines =
                Publishers.publisher(out -> reader.lines().forEach(out::emit));
        return JdkFlowAdapter.flowPublisherToFlux(lines);
    }
    // ]
}
