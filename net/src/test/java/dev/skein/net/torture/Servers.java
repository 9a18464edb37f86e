package dev.skein.net.torture;

import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.loop.Asyncio;
import dev.skein.loop.LoopGroup;
import dev.skein.loop.Transport;
import dev.skein.net.Connection;
import dev.skein.net.Messages;
import dev.skein.net.Server;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import io.netty.handler.codec.string.StringDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Random;

/** Three servers over all loops that echo lines: streams over TLS, messages, and a program of Netty's. Loop only. */
final class Servers {
    static final String HOST = "127.0.0.1";

    private final Torture torture;
    private final Random random;
    private final Server streams;
    private final Server messages;
    private final Channel netty;

    Servers(Torture torture, LoopGroup group, Transport transport, TortureTls tls, Random random) throws IOException {
        this.torture = torture;
        this.random = random;
        streams = startServer(this::echo, HOST, 0, o -> o.withLoops(group).withTls(tls.server()));
        messages = startMessageServer(this::answer, HOST, 0, this::codecs, o -> o.withLoops(group));
        netty = Asyncio.await(new ServerBootstrap()
                .group(group)
                .channel(transport.serverSocketChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        codecs(channel.pipeline());
                        channel.pipeline().addLast(new Echo());
                    }
                })
                .bind(HOST, 0));
    }

    private void codecs(ChannelPipeline pipeline) {
        pipeline.addLast(
                busy(),
                new LineBasedFrameDecoder(8192),
                new StringDecoder(UTF_8),
                new LineEncoder(LineSeparator.UNIX, UTF_8));
    }

    private BusyHandler busy() {
        return new BusyHandler(torture, new Random(random.nextLong()));
    }

    private void echo(Connection peer) {
        peer.channel().pipeline().addFirst(busy());
        try {
            for (String line = peer.reader().readLine();
                    line != null;
                    line = peer.reader().readLine()) {
                torture.useOne(random);
                peer.writer().writeLine(line);
            }
        } catch (IOException left) {
            // A client hangs up as it likes.
        }
    }

    private void answer(Messages<String, String> peer) {
        try {
            for (String line = peer.receive(); line != null; line = peer.receive()) {
                torture.useOne(random);
                peer.send(line);
            }
        } catch (IOException left) {
            // A client hangs up as it likes.
        }
    }

    /** Where clients of {@code kind} connect. */
    int port(Client.Kind kind) {
        return switch (kind) {
            case STREAMS -> streams.port();
            case MESSAGES -> messages.port();
            case NETTY -> ((InetSocketAddress) netty.localAddress()).getPort();
        };
    }

    void close() {
        streams.close();
        messages.close();
        streams.abortClients();
        messages.abortClients();
        streams.waitClosed();
        messages.waitClosed();
        Asyncio.await(netty.close());
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object line) {
            ctx.channel().writeAndFlush(line);
        }

        @Override
        @SuppressWarnings("deprecation") // of the handler for the other direction
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
