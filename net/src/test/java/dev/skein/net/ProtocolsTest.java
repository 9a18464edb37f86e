package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.openMessages;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** What asyncio says of transports and protocols, where that is Netty's channel and its handlers. */
class ProtocolsTest {
    private final Loopback preferred = new Loopback(Transport.preferred());

    @EachTransport
    @PortOf("test_buffered_proto.buffered_proto_create_connection")
    void bytesComeInBuffersOfTheSizeThatTheReceiverGives(Transport transport) {
        String noise = "12345678+".repeat(1024);
        new Loopback(transport).run(() -> {
            Server server = startServer(
                    peer -> {
                        peer.writer().write(noise);
                        assertThat(peer.reader().readExactly(1)).isEqualTo("1".getBytes(UTF_8));
                        peer.close();
                    },
                    HOST,
                    0);
            Messages<ByteBuf, ByteBuf> client = openMessages(
                    HOST,
                    server.port(),
                    pipeline -> {},
                    options -> options.withOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(100)));
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            for (ByteBuf bytes : client) {
                assertThat(bytes.readableBytes()).isLessThanOrEqualTo(100);
                bytes.readBytes(data, bytes.readableBytes());
                bytes.release();
                if (data.size() == noise.length()) {
                    client.send(Unpooled.copiedBuffer("1", UTF_8));
                }
            }
            assertThat(data.toString(UTF_8)).isEqualTo(noise);
            client.close();
            client.waitClosed();
            server.close();
            server.waitClosed();
        });
    }

    @Test
    @PortOf("test_transports.flowcontrol_mixin_set_write_limits")
    void theWaterMarksOfALiveConnectionDecideWhetherASendWaits() {
        preferred.run(() -> {
            Server server = startMessageServer(
                    (Messages<ByteBuf, ByteBuf> peer) -> peer.forEach(ByteBuf::release), HOST, 0, pipeline -> {});
            Messages<ByteBuf, ByteBuf> client = openMessages(HOST, server.port(), pipeline -> {});
            assertThatThrownBy(() -> new WriteBufferWaterMark(1, 0)).isInstanceOf(IllegalArgumentException.class);

            client.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(128, 1024));
            client.send(Unpooled.wrappedBuffer(new byte[512]));
            Task<?> second = createTask(() -> client.send(Unpooled.EMPTY_BUFFER), o -> o.withEagerStart(true));
            assertThat(second.isDone()).isTrue();
            assertThat(client.channel().config().getWriteBufferHighWaterMark()).isEqualTo(1024);

            client.channel().config().setWriteBufferWaterMark(new WriteBufferWaterMark(128, 256));
            Task<?> third = createTask(() -> client.send(Unpooled.EMPTY_BUFFER), o -> o.withEagerStart(true));
            assertThat(third.toString()).contains("waiting on Messages.send");
            assertThat(client.channel().config().getWriteBufferHighWaterMark()).isEqualTo(256);
            assertThat(client.channel().config().getWriteBufferLowWaterMark()).isEqualTo(128);
            third.await();
            client.close();
            server.close();
            server.waitClosed();
        });
    }
}
