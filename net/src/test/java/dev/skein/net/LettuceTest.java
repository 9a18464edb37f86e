package dev.skein.net;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.startMessageServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** lettuce, whose connections are on the loop that awaits them. */
class LettuceTest {
    /** Gives lettuce a group that is somebody else's to shut down. */
    private record SharedLoops(LoopGroup group) implements EventLoopGroupProvider {
        @Override
        @SuppressWarnings("unchecked") // lettuce asks for the class of its own choice, and uses it as an EventLoopGroup
        public <T extends io.netty.channel.EventLoopGroup> T allocate(Class<T> type) {
            return (T) group;
        }

        @Override
        public int threadPoolSize() {
            return group.executorCount();
        }

        @Override
        public io.netty.util.concurrent.Future<Boolean> release(
                EventExecutorGroup released, long quietPeriod, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }

        @Override
        public io.netty.util.concurrent.Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
            Promise<Boolean> done = ImmediateEventExecutor.INSTANCE.newPromise();
            return done.setSuccess(true);
        }
    }

    /** In the only loop of {@code group}: sets and gets over lettuce, from the loop that its answers come to. */
    private static void setAndGet(Loop loop, ClientResources resources, int port) throws Exception {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(
                ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build());
        try {
            StatefulRedisConnection<String, String> connection =
                    await(client.connectAsync(StringCodec.UTF8, RedisURI.create(HOST, port)));
            RedisAsyncCommands<String, String> redis = connection.async();
            assertThat(await(redis.set("key", "value"))).isEqualTo("OK");
            for (int i = 0; i < 100; i++) {
                assertThat(await(redis.get("key"))).isEqualTo("value");
            }
            Thread[] answered = new Thread[1];
            await(redis.get("key").whenComplete((value, failure) -> answered[0] = Thread.currentThread()));
            assertThat(loop.eventLoop().inEventLoop(answered[0])).isTrue();
            await(connection.closeAsync());
        } finally {
            await(client.shutdownAsync(0, 1, TimeUnit.SECONDS));
        }
    }

    private static void share(int port) throws Exception {
        try (LoopGroup group = new LoopGroup(1)) {
            ClientResources resources = ClientResources.builder()
                    .eventLoopGroupProvider(new SharedLoops(group))
                    .build();
            Loop loop = Loop.of(group.next());
            try {
                runCoroutineThreadsafe(
                                () -> {
                                    if (port > 0) {
                                        setAndGet(loop, resources, port);
                                        return;
                                    }
                                    Server server = startMessageServer(new RespServer(), HOST, 0, RespServer::codecs);
                                    try (server) {
                                        setAndGet(loop, resources, server.port());
                                    }
                                    server.closeClients();
                                    server.waitClosed();
                                },
                                loop)
                        .get();
            } finally {
                resources.shutdown(0, 1, TimeUnit.SECONDS).get();
            }
        }
    }

    @Test
    void clientAndServerOfRedisShareOneLoop() throws Exception {
        share(0);
    }

    @Test
    void aRealRedisIsSpokenToFromTheLoop(@TempDir Path folder) throws Exception {
        assumeTrue(Peers.isThere("redis-server"), "no redis-server on the PATH");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process redis = new ProcessBuilder(
                        "redis-server",
                        "--port",
                        String.valueOf(port),
                        "--bind",
                        HOST,
                        "--save",
                        "",
                        "--dir",
                        folder.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitListening(redis, port);
            share(port);
        } finally {
            redis.destroy();
            redis.waitFor();
        }
    }

    private static void awaitListening(Process redis, int port) {
        while (redis.isAlive()) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (java.io.IOException notYet) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("redis-server has ended");
    }
}
