package dev.skein.perf.server;

import dev.skein.loop.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelMatchers;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.string.LineEncoder;
import io.netty.handler.codec.string.LineSeparator;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The servers that a good Netty user would write, without Skein: what Skein is measured against.
 *
 * <p>One event loop, and one flush for all that was read at once.
 */
final class RawServer {
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int PATIENCE_SECONDS = 60;

    private RawServer() {}

    /** Starts it on a free port of 127.0.0.1, on the preferred transport. It runs as long as the process. */
    static InetSocketAddress start(Service service) throws IOException {
        return switch (service) {
            case ECHO -> listen(connection -> connection.pipeline().addLast(new Echo()));
            case LINES -> listen(connection -> connection.pipeline().addLast(new RawLines()));
            case TLS -> {
                SslContext tls = Tls.server();
                yield listen(connection -> connection.pipeline().addLast(handshaking(tls, connection), new Echo()));
            }
            case HTTP -> listen(connection -> connection.pipeline().addLast(new HttpServerCodec(), new Greet()));
            case CHAT -> {
                ChannelGroup room = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
                yield listen(connection -> connection
                        .pipeline()
                        .addLast(new LineBasedFrameDecoder(LONGEST_LINE, false, false), new Chat(room)));
            }
        };
    }

    /** As {@link #start}, with a codec of Netty's for each layer, as its guide builds a server. */
    static InetSocketAddress startPipeline(Service service) {
        return switch (service) {
            case LINES ->
                listen(connection -> connection
                        .pipeline()
                        .addLast(
                                new LineBasedFrameDecoder(LONGEST_LINE),
                                new StringDecoder(StandardCharsets.UTF_8),
                                new LineEncoder(LineSeparator.UNIX, StandardCharsets.UTF_8),
                                new Echo()));
            case ECHO, TLS, HTTP, CHAT -> throw service.missing();
        };
    }

    /** As patient as Skein is: on a machine that stands still for seconds Netty's ten are too few. */
    private static SslHandler handshaking(SslContext tls, Channel connection) {
        SslHandler handler = tls.newHandler(connection.alloc());
        handler.setHandshakeTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return handler;
    }

    private static InetSocketAddress listen(Consumer<Channel> initializer) {
        Transport transport = Transport.preferred();
        Channel listener = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, ioHandler(transport)))
                .channel(transport.serverSocketChannel())
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(initializer(initializer))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return (InetSocketAddress) listener.localAddress();
    }

    private static ChannelHandler initializer(Consumer<Channel> initializer) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                initializer.accept(connection);
            }
        };
    }

    /** What a loop of Netty's does its I/O with on this transport. */
    static IoHandlerFactory ioHandler(Transport transport) {
        return switch (transport) {
            case NIO -> NioIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case KQUEUE -> throw new IllegalArgumentException("transport kqueue is not measured: use nio");
        };
    }

    /** Sends back what comes, buffer or line, without a copy. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Answers when a request is whole. */
    private static final class Greet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            boolean last = message instanceof LastHttpContent;
            ReferenceCountUtil.release(message);
            if (last) {
                context.write(Greeting.response(), context.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Sends each line to all members of the room. */
    private static final class Chat extends ChannelInboundHandlerAdapter {
        private final ChannelGroup room;

        Chat(ChannelGroup room) {
            this.room = room;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            room.add(context.channel());
            context.writeAndFlush(Unpooled.copiedBuffer("welcome\n", StandardCharsets.US_ASCII), context.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object line) {
            room.write(line, ChannelMatchers.all(), true);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            room.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
