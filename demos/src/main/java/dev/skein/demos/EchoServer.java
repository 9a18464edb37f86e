package dev.skein.demos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** Placeholder: sends every line back. */
public final class EchoServer {
    private EchoServer() {}

    /**
     * Starts the server.
     *
     * @param args {@code --port}, then a number; 7007 without
     * @throws IOException if the port is taken
     */
    public static void main(String[] args) throws IOException {
        int at = List.of(args).indexOf("--port");
        int port = at < 0 ? 7007 : Integer.parseInt(args[at + 1]);
        try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            System.out.println("echo on " + server.getLocalSocketAddress());
            while (true) {
                echo(server.accept());
            }
        }
    }

    private static void echo(Socket accepted) throws IOException {
        try (Socket peer = accepted) {
            peer.getInputStream().transferTo(peer.getOutputStream());
        }
    }
}
