package dev.skein.perf.load;

import dev.skein.perf.server.Tls;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * Bytes in TLS, with the same engine as the servers, so that the load generator's part of the work is as large as theirs.
 *
 * <p>What is in flight on one connection must fit the socket's buffers: a write waits for them.
 */
final class TlsWire implements Wire {
    private static final int BUFFER = 1 << 17;
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(BUFFER);

    /** Shakes hands; the channel must be in blocking mode, and may then leave it. */
    TlsWire(SocketChannel channel) throws IOException {
        long connected = System.nanoTime();
        this.channel = channel;
        this.engine = Tls.clientEngine();
        incoming.flip();
        engine.beginHandshake();
        shakeHands(connected);
    }

    private void shakeHands(long connected) throws IOException {
        ByteBuffer early = ByteBuffer.allocateDirect(BUFFER);
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
            switch (status) {
                case NEED_WRAP -> {
                    write(NOTHING.duplicate());
                    status = engine.getHandshakeStatus();
                }
                case NEED_TASK -> {
                    engine.getDelegatedTask().run();
                    status = engine.getHandshakeStatus();
                }
                default -> {
                    SSLEngineResult result = engine.unwrap(incoming, early);
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && fill() < 0) {
                        throw new EOFException(
                                "the server closed a connection in the TLS handshake, %.1f s after the connect"
                                        .formatted((System.nanoTime() - connected) / 1e9));
                    }
                    status = engine.getHandshakeStatus();
                }
            }
        }
    }

    private int fill() throws IOException {
        incoming.compact();
        int length = channel.read(incoming);
        incoming.flip();
        return length;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
        int before = bytes.position();
        int length = fill();
        if (length < 0) {
            return length;
        }
        if (length > 0) {
            SSLEngineResult result;
            do {
                result = engine.unwrap(incoming, bytes);
            } while (result.getStatus() == SSLEngineResult.Status.OK && incoming.hasRemaining());
        }
        return bytes.position() - before;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int before = bytes.position();
        do {
            outgoing.clear();
            engine.wrap(bytes, outgoing);
            outgoing.flip();
            while (outgoing.hasRemaining()) {
                channel.write(outgoing);
            }
        } while (bytes.hasRemaining());
        return bytes.position() - before;
    }
}
