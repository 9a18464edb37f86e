package dev.skein.perf.server;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.net.Streams.startMessageServer;
import static dev.skein.net.Streams.startServer;

import dev.skein.loop.CancelledError;
import dev.skein.net.Connection;
import dev.skein.net.ConnectionHandler;
import dev.skein.net.Messages;
import dev.skein.net.Server;
import dev.skein.net.ServerOptions;
import dev.skein.net.StreamWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The servers that a user of Skein would write: a coroutine for each connection. */
final class SkeinServer {
    private static final String HOST = "127.0.0.1";
    private static final int READ = 64 * 1024;

    private SkeinServer() {}

    /** Starts it on a free port of 127.0.0.1, on the preferred transport. It runs as long as the process. */
    static InetSocketAddress start(Service service) throws IOException {
        return switch (service) {
            case ECHO -> start(SkeinServer::echoBuffers);
            case LINES -> start(SkeinServer::echoLines);
            case TLS -> {
                SslContext tls = Tls.server();
                yield start(SkeinServer::echoBuffers, options -> options.withTls(tls));
            }
            case HTTP -> start(() -> startMessageServer(SkeinServer::greet, HOST, 0, SkeinServer::addCodec));
            case CHAT -> {
                Set<StreamWriter> room = new LinkedHashSet<>();
                yield start(peer -> chat(peer, room));
            }
        };
    }

    /** As {@link #start(Service)}, for programs that know nothing of Netty's buffers. */
    static InetSocketAddress startBytes(Service service) throws IOException {
        return switch (service) {
            case ECHO -> start(SkeinServer::echoBytes);
            case LINES, TLS, HTTP, CHAT -> throw service.missing();
        };
    }

    private static InetSocketAddress start(ConnectionHandler handler) throws IOException {
        return start(handler, options -> options);
    }

    private static InetSocketAddress start(ConnectionHandler handler, UnaryOperator<ServerOptions> options)
            throws IOException {
        return start(() -> startServer(handler, HOST, 0, options));
    }

    /** How a server is started, in a coroutine. */
    private interface Starter {
        Server start() throws IOException;
    }

    private static InetSocketAddress start(Starter starter) throws IOException {
        CompletableFuture<InetSocketAddress> listening = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("skein-server").start(() -> {
            try {
                run(() -> serve(starter, listening));
            } catch (CancelledError ended) {
                // With the process.
            } catch (Throwable failure) {
                listening.completeExceptionally(failure);
            }
        });
        try {
            return listening.orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException failure) {
            throw new IOException("the coroutine server did not start: " + failure.getCause(), failure.getCause());
        }
    }

    private static void serve(Starter starter, CompletableFuture<InetSocketAddress> listening) throws IOException {
        try (Server server = starter.start()) {
            listening.complete((InetSocketAddress) server.addresses().getFirst());
            server.serveForever();
        }
    }

    /** Passes Netty's buffers on, as the raw handler does. */
    private static void echoBuffers(Connection peer) throws IOException {
        for (ByteBuf data = peer.reader().readByteBuf(READ);
                data != null;
                data = peer.reader().readByteBuf(READ)) {
            peer.writer().write(data);
        }
    }

    /** Copies into an array and out of it: what most programs do. */
    private static void echoBytes(Connection peer) throws IOException {
        for (byte[] data = peer.reader().read(READ);
                data != null;
                data = peer.reader().read(READ)) {
            peer.writer().write(data);
        }
    }

    private static void echoLines(Connection peer) throws IOException {
        for (String line = peer.reader().readLine();
                line != null;
                line = peer.reader().readLine()) {
            peer.writer().writeLine(line);
        }
    }

    private static void addCodec(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec());
    }

    private static void greet(Messages<HttpObject, FullHttpResponse> peer) throws IOException {
        for (HttpObject part : peer) {
            boolean last = part instanceof LastHttpContent;
            ReferenceCountUtil.release(part);
            if (last) {
                peer.send(Greeting.response());
            }
        }
    }

    private static void chat(Connection peer, Set<StreamWriter> room) throws IOException {
        room.add(peer.writer());
        try {
            peer.writer().writeLine("welcome");
            for (String line = peer.reader().readLine();
                    line != null;
                    line = peer.reader().readLine()) {
                tellAll(room, line + "\n");
            }
        } finally {
            room.remove(peer.writer());
        }
    }

    /** The line is encoded once. */
    private static void tellAll(Set<StreamWriter> room, String line) throws IOException {
        ByteBuf bytes = Unpooled.copiedBuffer(line, StandardCharsets.UTF_8);
        try {
            for (StreamWriter member : List.copyOf(room)) {
                if (!member.isClosing()) {
                    member.write(bytes.retainedDuplicate());
                }
            }
        } finally {
            bytes.release();
        }
    }
}
