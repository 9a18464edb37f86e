package dev.skein.perf.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The members of a chat room: one of them speaks, and all hear it, that one too. A request is what one member hears.
 *
 * <p>The next line is sent when one was heard by all, so that some are always on their way.
 */
final class ChatClients implements Clients {
    /** What the server sends to a client that is in the room. */
    private static final int WELCOME = "welcome\n".length();

    private final Round round;
    private final Counters counters;
    private final byte[] line;
    private final int depth;
    private final List<SocketChannel> members = new ArrayList<>();

    // Of each line on its way, by its number modulo depth.
    private final long[] sentAt;
    private final int[] heardBy;
    private long sent;

    ChatClients(Round round, Counters counters) {
        this.round = round;
        this.counters = counters;
        this.line = round.load().kind().request(round.load().payload());
        this.depth = round.load().depth();
        this.sentAt = new long[depth];
        this.heardBy = new int[depth];
    }

    /** When all are in the room. */
    @Override
    public void connect(Selector selector) throws IOException {
        for (int i = 0; i < round.load().connections(); i++) {
            SocketChannel channel = Clients.open(round);
            members.add(channel);
            awaitWelcome(channel);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Member(channel));
        }
    }

    private static void awaitWelcome(SocketChannel channel) throws IOException {
        ByteBuffer welcome = ByteBuffer.allocate(WELCOME);
        while (welcome.hasRemaining()) {
            if (channel.read(welcome) < 0) {
                throw new EOFException("the server closed a connection before its welcome");
            }
        }
    }

    @Override
    public void start(long now) throws IOException {
        for (int i = 0; i < depth; i++) {
            speak(now);
        }
    }

    /** A line is short and few are on their way, so the socket's buffer has room. */
    private void speak(long now) throws IOException {
        int slot = (int) (sent++ % depth);
        sentAt[slot] = now;
        heardBy[slot] = 0;
        counters.sent(members.size());
        ByteBuffer bytes = ByteBuffer.wrap(line);
        while (bytes.hasRemaining()) {
            members.getFirst().write(bytes);
        }
    }

    private void heard(long number, long now) throws IOException {
        int slot = (int) (number % depth);
        counters.latency(now - sentAt[slot]);
        counters.answered(1);
        if (++heardBy[slot] == members.size() && counters.goesOn()) {
            speak(now);
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel member : members) {
            member.close();
        }
    }

    /** One that listens. */
    private final class Member implements Client {
        private final SocketChannel channel;
        private long heard;
        private int ofNext;

        Member(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void onReady(SelectionKey key, ByteBuffer buffer) throws IOException {
            int length = channel.read(buffer.clear());
            if (length < 0) {
                throw new IOException("the server closed a connection during a round");
            }
            if (heard == 0 && ofNext == 0 && length >= line.length) {
                verify(buffer);
            }
            long now = System.nanoTime();
            for (ofNext += length; ofNext >= line.length; ofNext -= line.length) {
                heard(heard++, now);
            }
        }

        private void verify(ByteBuffer read) throws IOException {
            byte[] first = new byte[line.length];
            read.get(0, first);
            if (!Arrays.equals(first, line)) {
                throw new IOException("not the line that was sent: it starts with byte " + first[0]);
            }
        }
    }
}
