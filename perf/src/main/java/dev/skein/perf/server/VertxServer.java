package dev.skein.perf.server;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Servers on Vert.x, on the preferred transport: with callbacks on its event loop, or with {@code await} on its virtual
 * threads.
 */
final class VertxServer {
    private static final String HOST = "127.0.0.1";
    private static final int BACKLOG = 4_096;

    private VertxServer() {}

    /** With callbacks. */
    static InetSocketAddress start(Service service) {
        return switch (service) {
            case ECHO -> deploy(ThreadingModel.EVENT_LOOP, sockets(VertxServer::echo));
            case LINES -> deploy(ThreadingModel.EVENT_LOOP, sockets(VertxServer::lines));
            case CHAT -> {
                Set<NetSocket> room = new LinkedHashSet<>();
                yield deploy(ThreadingModel.EVENT_LOOP, sockets(socket -> chat(socket, room)));
            }
            case HTTP -> deploy(ThreadingModel.EVENT_LOOP, requests(VertxServer::greet));
            case TLS -> throw service.missing();
        };
    }

    /** With {@code await}. */
    static InetSocketAddress startAwait(Service service) {
        return switch (service) {
            case ECHO -> deploy(ThreadingModel.VIRTUAL_THREAD, sockets(VertxServer::awaitEcho));
            case LINES -> deploy(ThreadingModel.VIRTUAL_THREAD, sockets(VertxServer::awaitLines));
            case HTTP -> deploy(ThreadingModel.VIRTUAL_THREAD, requests(request -> Future.await(greet(request))));
            case TLS, CHAT -> throw service.missing();
        };
    }

    /** How a server is started; it gives its port. */
    private interface Starter {
        Future<Integer> start(Vertx vertx);
    }

    private static Starter sockets(Handler<NetSocket> handler) {
        NetServerOptions options = new NetServerOptions().setAcceptBacklog(BACKLOG);
        return vertx -> vertx.createNetServer(options)
                .connectHandler(handler)
                .listen(0, HOST)
                .map(NetServer::actualPort);
    }

    private static Starter requests(Handler<HttpServerRequest> handler) {
        HttpServerOptions options = new HttpServerOptions().setAcceptBacklog(BACKLOG);
        return vertx -> vertx.createHttpServer(options)
                .requestHandler(handler)
                .listen(0, HOST)
                .map(HttpServer::actualPort);
    }

    private static Future<Void> greet(HttpServerRequest request) {
        return request.response().putHeader("content-type", Greeting.TYPE).end(Greeting.TEXT);
    }

    private static void chat(NetSocket socket, Set<NetSocket> room) {
        room.add(socket);
        socket.closeHandler(closed -> room.remove(socket));
        socket.write("welcome\n");
        RecordParser.newDelimited("\n", socket).handler(line -> {
            Buffer text = Buffer.buffer(line.toString()).appendByte((byte) '\n');
            room.forEach(member -> member.write(text));
        });
    }

    private static void echo(NetSocket socket) {
        socket.handler(socket::write);
    }

    private static void lines(NetSocket socket) {
        RecordParser.newDelimited("\n", socket)
                .handler(line -> socket.write(Buffer.buffer(line.toString()).appendByte((byte) '\n')));
    }

    private static void awaitEcho(NetSocket socket) {
        socket.handler(data -> Future.await(socket.write(data)));
    }

    private static void awaitLines(NetSocket socket) {
        LineReader reader = new LineReader(socket);
        for (Buffer line = reader.readLine(); line != null; line = reader.readLine()) {
            Future.await(socket.write(Buffer.buffer(line.toString()).appendByte((byte) '\n')));
        }
    }

    /** A line when it is asked for: a parser that is not paused gives the next one while this one's answer is awaited. */
    private static final class LineReader {
        private final RecordParser parser;
        private Promise<@Nullable Buffer> next = Promise.promise();
        private boolean ended;

        LineReader(NetSocket socket) {
            parser = RecordParser.newDelimited("\n", socket);
            parser.pause();
            parser.handler(line -> next.complete(line));
            parser.endHandler(end -> {
                ended = true;
                next.tryComplete(null);
            });
        }

        @Nullable
        Buffer readLine() {
            if (ended) {
                return null;
            }
            next = Promise.promise();
            parser.fetch(1);
            return Future.await(next.future());
        }
    }

    private static Transport transport() {
        return switch (dev.skein.loop.Transport.preferred()) {
            case NIO -> Transport.NIO;
            case EPOLL -> Transport.EPOLL;
            case IO_URING -> Transport.IO_URING;
            case KQUEUE -> Transport.KQUEUE;
        };
    }

    private static InetSocketAddress deploy(ThreadingModel threads, Starter starter) {
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(1))
                .withTransport(transport())
                .build();
        Promise<Integer> port = Promise.promise();
        AbstractVerticle verticle = new AbstractVerticle() {
            @Override
            public void start(Promise<Void> started) {
                starter.start(vertx).onComplete(port).<Void>mapEmpty().onComplete(started);
            }
        };
        vertx.deployVerticle(verticle, new DeploymentOptions().setThreadingModel(threads));
        int actual = port.future()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), actual);
    }
}
