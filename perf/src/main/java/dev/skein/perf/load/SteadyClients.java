package dev.skein.perf.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Clients that keep their connection for the whole round, in a closed or an open loop. */
final class SteadyClients implements Clients {
    private final Round round;
    private final Workload load;
    private final Counters counters;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final List<LoadConnection> connections = new ArrayList<>();

    // In an open loop.
    private long firstDue;
    private long sent;

    SteadyClients(Round round, Counters counters) {
        this.round = round;
        this.load = round.load();
        this.counters = counters;
    }

    @Override
    public void connect(Selector selector) throws IOException {
        load.kind().prepare();
        byte[] request = load.kind().request(load.payload());
        ByteBuffer copies = RequestKind.copies(request, load.depth());
        for (int i = 0; i < load.connections(); i++) {
            SocketChannel channel = Clients.open(round);
            channels.add(channel);
            Wire wire = load.kind().wire(channel);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            LoadConnection connection = new LoadConnection(wire, key, load, request, copies, counters);
            key.attach(connection);
            connections.add(connection);
        }
    }

    /** Also in an open loop each connection begins with one request, whose answer is verified. */
    @Override
    public void start(long now) throws IOException {
        firstDue = now;
        for (LoadConnection connection : connections) {
            connection.send(load.isOpenLoop() || !load.kind().isEcho() ? 1 : load.depth(), now);
        }
    }

    @Override
    public void sendDue(long now) throws IOException {
        double nanosEach = 1e9 / load.rate();
        for (long due = firstDue + (long) (sent * nanosEach); due <= now; due = firstDue + (long) (sent * nanosEach)) {
            connections.get((int) (sent % connections.size())).send(1, due);
            sent++;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
