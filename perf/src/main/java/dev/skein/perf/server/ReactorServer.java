package dev.skein.perf.server;

import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.TcpServer;

/** Servers on reactor-netty, with one event loop, on the preferred transport. */
final class ReactorServer {
    private static final int LONGEST_LINE = 64 * 1024;
    private static final Duration START = Duration.ofSeconds(20);

    private ReactorServer() {}

    static InetSocketAddress start(Service service) {
        return service == Service.HTTP ? startHttp() : startTcp(service);
    }

    private static InetSocketAddress startHttp() {
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .runOn(oneLoop())
                .handle((request, response) ->
                        response.header("content-type", Greeting.TYPE).sendString(Mono.just(Greeting.TEXT)))
                .bindNow(START);
        return (InetSocketAddress) server.address();
    }

    private static InetSocketAddress startTcp(Service service) {
        TcpServer server = TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .runOn(oneLoop());
        TcpServer handled = switch (service) {
            case ECHO -> server.handle(ReactorServer::echo);
            case LINES ->
                server.doOnConnection(connection -> connection.addHandlerLast(new LineBasedFrameDecoder(LONGEST_LINE)))
                        .handle(ReactorServer::lines);
            case TLS, HTTP, CHAT -> throw service.missing();
        };
        return (InetSocketAddress) handled.bindNow(START).address();
    }

    /** Its own choice would be io_uring wherever that is available, also where the others are measured on epoll. */
    private static EventLoopGroup oneLoop() {
        return new MultiThreadIoEventLoopGroup(1, RawServer.ioHandler(Transport.preferred()));
    }

    private static Publisher<Void> echo(NettyInbound in, NettyOutbound out) {
        return out.send(in.receive().retain());
    }

    private static Publisher<Void> lines(NettyInbound in, NettyOutbound out) {
        return out.sendString(in.receive().asString().map(line -> line + "\n"));
    }
}
