package dev.skein.net;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The other side of a connection: blocking sockets of the JDK on another thread, as CPython's own tests have it. */
final class JdkPeer {
    private JdkPeer() {}

    /** What the peer does with one connection, which is closed afterwards. */
    @FunctionalInterface
    interface Program {
        void run(Socket socket) throws Exception;
    }

    /** Runs {@code talk} in this coroutine while a server runs {@code program} with each of {@code clients} connections. */
    static void serve(int clients, Program program, PortUser talk) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, clients, InetAddress.getLoopbackAddress())) {
            Task<?> server = Asyncio.createTask(() -> Asyncio.toThread(() -> {
                for (int i = 0; i < clients; i++) {
                    try (Socket socket = listener.accept()) {
                        program.run(socket);
                    }
                }
                return clients;
            }));
            talk.use(listener.getLocalPort());
            server.await();
        }
    }

    /** What our side does. */
    @FunctionalInterface
    interface PortUser {
        void use(int port) throws Exception;
    }

    /** Runs {@code program} with a connection to {@code port}. */
    static Task<?> client(int port, Program program) {
        return Asyncio.createTask(() -> Asyncio.toThread(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                program.run(socket);
            }
            return port;
        }));
    }

    /** Runs {@code one} so many times at once. */
    static void together(int times, Action one) {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            tasks.add(Asyncio.createTask(one));
        }
        Asyncio.gather(tasks).await();
    }

    /** TLS on {@code socket}, as a server with the certificate for localhost, after the handshake. */
    static SSLSocket asServer(Socket socket) throws Exception {
        return secured(socket, context(TestTls.LOCALHOST.toKeyManagerFactory().getKeyManagers()), false);
    }

    /** TLS on {@code socket}, as a client that trusts the authority of the tests, after the handshake. */
    static SSLSocket asClient(Socket socket) throws Exception {
        return secured(socket, context(null), true);
    }

    private static SSLContext context(KeyManager @Nullable [] keys) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManager[] trust = TestTls.AUTHORITY.toTrustManagerFactory().getTrustManagers();
        context.init(keys, trust, null);
        return context;
    }

    private static SSLSocket secured(Socket socket, SSLContext context, boolean client) throws IOException {
        SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        tls.setUseClientMode(client);
        tls.startHandshake();
        return tls;
    }
}
