package dev.skein.perf.server;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Servers on the JDK alone: blocking sockets, a virtual thread for each connection. */
final class ThreadServer {
    private static final int READ = 64 * 1024;
    private static final int BACKLOG = 4_096;

    private ThreadServer() {}

    /** What is done with a connection. */
    private interface Body {
        void serve(InputStream in, OutputStream out) throws IOException;
    }

    static InetSocketAddress start(Service service) throws IOException {
        return service == Service.HTTP ? startHttp() : startTcp(service);
    }

    /** The JDK's own server of HTTP. */
    private static InetSocketAddress startHttp() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        byte[] greeting = Greeting.TEXT.getBytes(StandardCharsets.US_ASCII);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", Greeting.TYPE);
            exchange.sendResponseHeaders(200, greeting.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(greeting);
            }
        });
        server.start();
        return server.getAddress();
    }

    private static InetSocketAddress startTcp(Service service) throws IOException {
        Body body = switch (service) {
            case ECHO -> ThreadServer::echo;
            case LINES -> ThreadServer::lines;
            case CHAT -> new ThreadRoom()::chat;
            case TLS, HTTP -> throw service.missing();
        };
        ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("accept").start(() -> accept(listener, body));
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private static void accept(ServerSocket listener, Body body) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket, body));
            }
        } catch (IOException closed) {
            // With the process.
        }
    }

    private static void serve(Socket connection, Body body) {
        try (Socket socket = connection) {
            socket.setTcpNoDelay(true);
            body.serve(socket.getInputStream(), socket.getOutputStream());
        } catch (IOException lost) {
            // By the client.
        }
    }

    private static void echo(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[READ];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            out.write(buffer, 0, length);
        }
    }

    private static void lines(InputStream in, OutputStream out) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        BufferedWriter writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            writer.write(line);
            writer.write('\n');
            if (!reader.ready()) {
                writer.flush();
            }
        }
    }
}
