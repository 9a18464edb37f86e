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
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Servers on Vert.x: with callbacks on its event loop, or with {@code await} on its virtual threads. */
final class VertxServer {
    private VertxServer() {}

    /** With callbacks. */
    static InetSocketAddress start(Service service) {
        return deploy(
                ThreadingModel.EVENT_LOOP,
                switch (service) {
                    case ECHO -> VertxServer::echo;
                    case LINES -> VertxServer::lines;
                    case TLS -> throw JvmServer.hasNo(service);
                });
    }

    /** With {@code await}. */
    static InetSocketAddress startAwait(Service service) {
        return deploy(
                ThreadingModel.VIRTUAL_THREAD,
                switch (service) {
                    case ECHO -> VertxServer::awaitEcho;
                    case LINES -> VertxServer::awaitLines;
                    case TLS -> throw JvmServer.hasNo(service);
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

    private static InetSocketAddress deploy(ThreadingModel threads, Handler<NetSocket> handler) {
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        Promise<Integer> port = Promise.promise();
        AbstractVerticle verticle = new AbstractVerticle() {
            @Override
            public void start(Promise<Void> started) {
                NetServerOptions options = new NetServerOptions().setAcceptBacklog(4_096);
                vertx.createNetServer(options)
                        .connectHandler(handler)
                        .listen(0, "127.0.0.1")
                        .map(NetServer::actualPort)
                        .onComplete(port)
                        .<Void>mapEmpty()
                        .onComplete(started);
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
