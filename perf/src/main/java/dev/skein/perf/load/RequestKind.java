package dev.skein.perf.load;

import dev.skein.perf.server.Tls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What the load generator sends: the same request again and again. */
public enum RequestKind {
    /** Bytes that come back as they were sent. */
    ECHO {
        @Override
        byte[] request(int size) {
            byte[] bytes = new byte[size];
            for (int i = 0; i < size; i++) {
                bytes[i] = (byte) (i * 31 + 7);
            }
            return bytes;
        }
    },

    /** A line that comes back as it was sent. */
    LINES {
        @Override
        byte[] request(int size) {
            byte[] line = new byte[size];
            for (int i = 0; i < size - 1; i++) {
                line[i] = (byte) ('a' + i % 26);
            }
            line[size - 1] = '\n';
            return line;
        }
    },

    /** {@link #ECHO} in TLS. */
    TLS {
        @Override
        byte[] request(int size) {
            return ECHO.request(size);
        }

        @Override
        Wire wire(SocketChannel connected) throws IOException {
            return new TlsWire(connected);
        }

        @Override
        void prepare() throws IOException {
            Tls.clientEngine();
        }
    },

    /** A GET whose answer is as long each time as it is the first time. */
    HTTP {
        @Override
        byte[] request(int size) {
            return "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        }
    },

    /** {@link #ECHO} on a new connection for each request. */
    CHURN {
        @Override
        byte[] request(int size) {
            return ECHO.request(size);
        }
    },

    /** A line that one client sends and all receive. */
    CHAT {
        @Override
        byte[] request(int size) {
            return LINES.request(size);
        }
    };

    /** The request; {@code size} bytes long where the size can be chosen. */
    abstract byte[] request(int size);

    /** How it goes over a socket that is connected and in blocking mode. */
    Wire wire(SocketChannel connected) throws IOException {
        return Wire.plain(connected);
    }

    /** Does what is slow the first time, before a server that waits for it runs out of patience. */
    void prepare() throws IOException {}

    /** As reports and commands name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the answer is the request. */
    boolean isEcho() {
        return this != HTTP;
    }

    /** As many copies of a request as there may be in flight, but no more than is written at once. */
    static ByteBuffer copies(byte[] request, int inFlight) {
        int count = Math.clamp((1 << 16) / request.length, 1, inFlight);
        ByteBuffer copies = ByteBuffer.allocateDirect(count * request.length);
        for (int i = 0; i < count; i++) {
            copies.put(request);
        }
        return copies.flip();
    }
}
