package dev.skein.perf.load;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Clients that connect, send one request, read its answer and close, again and again; what they measure is all of that. */
final class ChurnClients implements Clients {
    private final Round round;
    private final Counters counters;
    private final byte[] request;
    private final List<Churn> clients = new ArrayList<>();

    ChurnClients(Round round, Counters counters) {
        this.round = round;
        this.counters = counters;
        this.request = round.load().kind().request(round.load().payload());
    }

    /** Each connects when it starts. */
    @Override
    public void connect(Selector selector) {
        for (int i = 0; i < round.load().connections(); i++) {
            clients.add(new Churn(selector));
        }
    }

    @Override
    public void start(long now) throws IOException {
        for (Churn client : clients) {
            client.connect(now);
        }
    }

    @Override
    public void close() throws IOException {
        for (Churn client : clients) {
            client.close();
        }
    }

    /** One client, on its connection of the moment. */
    private final class Churn implements Client {
        private final Selector selector;
        private final ByteBuffer unsent = ByteBuffer.wrap(request);
        private @Nullable SocketChannel channel;
        private long start;
        private int missing;

        Churn(Selector selector) {
            this.selector = selector;
        }

        void connect(long now) throws IOException {
            start = now;
            missing = request.length;
            unsent.clear();
            counters.sent(1);
            SocketChannel connecting = SocketChannel.open();
            channel = connecting;
            connecting.configureBlocking(false);
            connecting.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (connecting.connect(Clients.server(round))) {
                send(connecting, connecting.register(selector, SelectionKey.OP_READ, this));
            } else {
                connecting.register(selector, SelectionKey.OP_CONNECT, this);
            }
        }

        private void send(SocketChannel connected, SelectionKey key) throws IOException {
            connected.write(unsent);
            key.interestOps(
                    unsent.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        @Override
        public void onReady(SelectionKey key, ByteBuffer buffer) throws IOException {
            SocketChannel connected = (SocketChannel) key.channel();
            if (key.isConnectable()) {
                connected.finishConnect();
                send(connected, key);
                return;
            }
            if (unsent.hasRemaining()) {
                send(connected, key);
            }
            int length = connected.read(buffer.clear());
            if (length < 0) {
                throw new IOException("the server closed a connection before its answer");
            }
            verify(buffer.flip());
            missing -= length;
            if (missing == 0) {
                end();
            }
        }

        private void verify(ByteBuffer read) throws IOException {
            int from = request.length - missing;
            if (read.remaining() > missing || read.mismatch(ByteBuffer.wrap(request, from, read.remaining())) >= 0) {
                throw new IOException("the answer is not an echo of the " + request.length + " bytes sent");
            }
        }

        private void end() throws IOException {
            close();
            long now = System.nanoTime();
            counters.latency(now - start);
            counters.answered(1);
            if (counters.goesOn()) {
                connect(now);
            }
        }

        void close() throws IOException {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
