package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.bytes.ByteArrayDecoder;
import io.netty.handler.codec.bytes.ByteArrayEncoder;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.redis.RedisMessage;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages over codecs of Netty's; lines are in {@link MessagesTest}, WebSocket in {@link dev.skein.net.http.WebSocketTest}. */
class CodecsTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    private static void frames(ChannelPipeline pipeline) {
        pipeline.addLast(
                new LengthFieldBasedFrameDecoder(1_000_000, 0, 4, 0, 4),
                new LengthFieldPrepender(4),
                new ByteArrayDecoder(),
                new ByteArrayEncoder());
    }

    private static void echo(Messages<byte[], byte[]> peer) throws IOException {
        for (byte[] frame : peer) {
            peer.send(frame);
        }
    }

    @EachTransport
    void framesWithTheirLengthGoBothWaysAtOnce(Transport transport) {
        new Loopback(transport).run(() -> {
            Server server = startMessageServer(CodecsTest::echo, HOST, 0, CodecsTest::frames);
            try (server;
                    Messages<byte[], byte[]> client = openMessages(HOST, server.port(), CodecsTest::frames)) {
                Task<?> sending = createTask(() -> {
                    for (int i = 0; i < 100; i++) {
                        client.send(frame(i));
                    }
                    client.sendEof();
                });
                int i = 0;
                for (byte[] frame : client) {
                    assertThat(frame).isEqualTo(frame(i++));
                }
                assertThat(i).isEqualTo(100);
                sending.await();
            }
            server.waitClosed();
        });
    }

    private static byte[] frame(int number) {
        byte[] frame = new byte[number * 500];
        Arrays.fill(frame, (byte) number);
        return frame;
    }

    @EachTransport
    void messagesGoOverUnixSockets(Transport transport, @TempDir Path folder) {
        new Loopback(transport).run(() -> {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
            Server server = startMessageServer(CodecsTest::echo, address, CodecsTest::frames, options -> options);
            try (server;
                    Messages<byte[], byte[]> client = openMessages(address, CodecsTest::frames, options -> options)) {
                client.send(new byte[] {1, 2});
                assertThat(client.receive()).containsExactly(1, 2);
                client.sendEof();
                assertThat(client.receive()).isNull();
            }
            server.waitClosed();
            assertThat(Files.exists(address.getPath())).isFalse();
        });
    }

    @Test
    void wholeRequestsOfHttp() {
        preferred.run(() -> {
            Server server = startMessageServer(
                    (Messages<FullHttpRequest, FullHttpResponse> peer) -> {
                        for (FullHttpRequest request : peer) {
                            FullHttpResponse response = new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, request.content());
                            HttpUtil.setContentLength(
                                    response, response.content().readableBytes());
                            peer.send(response);
                        }
                    },
                    HOST,
                    0,
                    pipeline -> pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(1000)));
            Messages<FullHttpResponse, FullHttpRequest> client = openMessages(
                    HOST,
                    server.port(),
                    pipeline -> pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(1000)));
            try (server;
                    client) {
                for (String text : List.of("one", "two")) {
                    FullHttpRequest request =
                            new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", utf8(client, text));
                    HttpUtil.setContentLength(request, text.length());
                    client.send(request);
                    FullHttpResponse response = Objects.requireNonNull(client.receive());
                    assertThat(response.content().toString(UTF_8)).isEqualTo(text);
                    response.release();
                }
            }
            server.waitClosed();
        });
    }

    private static io.netty.buffer.ByteBuf utf8(Messages<?, ?> peer, String text) {
        return peer.channel().alloc().buffer().writeBytes(text.getBytes(UTF_8));
    }

    @Test
    void commandsOfRedis() {
        preferred.run(() -> {
            RespServer redis = new RespServer();
            Server server = startMessageServer(redis, HOST, 0, RespServer::codecs);
            Messages<RedisMessage, RedisMessage> client = openMessages(HOST, server.port(), RespServer::codecs);
            try (server;
                    client) {
                client.send(RespServer.command("SET", "a", "1"));
                client.send(RespServer.command("GET", "a"));
                client.send(RespServer.command("GET", "b"));
                client.send(RespServer.command("NONSENSE"));
                assertThat(RespServer.text(client.receive())).isEqualTo("OK");
                assertThat(RespServer.text(client.receive())).isEqualTo("1");
                assertThat(RespServer.text(client.receive())).isEqualTo("null");
                assertThat(RespServer.text(client.receive())).isEqualTo("ERR unknown command 'NONSENSE'");
            }
            server.waitClosed();
        });
    }

    @Test
    void oneConnectionHasManySenders() {
        preferred.run(() -> {
            Server server = startMessageServer(CodecsTest::echo, HOST, 0, CodecsTest::frames);
            try (server;
                    Messages<byte[], byte[]> client = openMessages(HOST, server.port(), CodecsTest::frames)) {
                gather(() -> client.send(new byte[1]), () -> client.send(new byte[2]), () -> client.send(new byte[3]))
                        .await();
                for (int length = 1; length <= 3; length++) {
                    assertThat(client.receive()).hasSize(length);
                }
            }
            server.waitClosed();
        });
    }
}
