package dev.skein.perf.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Arrays;

/**
 * One connection of the load generator, and its requests in flight: they are answered in the order in which they were sent.
 *
 * <p>The first answer is compared with what it must be. Nothing is allocated from then on, unless more requests than ever
 * before are in flight.
 */
final class LoadConnection implements Clients.Client {
    private static final int UNKNOWN = -1;
    private static final byte[] HTTP_OK = {'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '2', '0', '0', ' '};

    private final Wire wire;
    private final SelectionKey key;

    /** Several requests one after the other, so that many go in one system call. */
    private final ByteBuffer requests;

    private final byte[] request;
    private final boolean echo;
    private final boolean closedLoop;
    private final int depth;
    private final Counters counters;

    /** When each request in flight was sent, or should have been; a ring of a power of two. */
    private long[] sentAt;

    private int oldest;
    private int inFlight;
    private long unwritten;
    private int replySize;
    private int missing;
    private boolean verified;

    LoadConnection(Wire wire, SelectionKey key, Workload load, byte[] request, ByteBuffer requests, Counters counters) {
        this.wire = wire;
        this.key = key;
        this.request = request;
        this.requests = requests.duplicate();
        this.counters = counters;
        this.echo = load.kind().isEcho();
        this.closedLoop = !load.isOpenLoop();
        this.depth = load.depth();
        this.replySize = echo ? request.length : UNKNOWN;
        this.missing = replySize;
        this.sentAt = new long[Math.max(16, Integer.highestOneBit(load.depth()) * 2)];
    }

    /** Sends requests at once, whose latency counts from {@code start}. */
    void send(int count, long start) throws IOException {
        counters.sent(count);
        for (int i = 0; i < count; i++) {
            if (inFlight == sentAt.length) {
                grow();
            }
            sentAt[(oldest + inFlight) & (sentAt.length - 1)] = start;
            inFlight++;
        }
        boolean idle = unwritten == 0;
        unwritten += (long) count * request.length;
        if (idle) {
            write();
        }
    }

    /** Writes what the socket's buffer had no room for, and reads once. */
    @Override
    public void onReady(SelectionKey ready, ByteBuffer buffer) throws IOException {
        if (unwritten > 0) {
            write();
        }
        read(buffer);
    }

    private void write() throws IOException {
        boolean full = false;
        while (unwritten > 0 && !full) {
            int from = (int) ((request.length - unwritten % request.length) % request.length);
            int count = (int) Math.min(unwritten, requests.capacity() - from);
            requests.limit(from + count).position(from);
            int written = wire.write(requests);
            unwritten -= written;
            full = written < count;
        }
        int interest = full ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    private void read(ByteBuffer buffer) throws IOException {
        int length = wire.read(buffer.clear());
        if (length < 0) {
            throw new IOException("the server closed a connection during a round");
        }
        if (!verified) {
            verify(buffer.flip());
        }
        long now = System.nanoTime();
        int done = 0;
        while (length >= missing && inFlight > 0) {
            length -= missing;
            missing = replySize;
            counters.latency(now - sentAt[oldest & (sentAt.length - 1)]);
            oldest++;
            inFlight--;
            done++;
        }
        if (inFlight == 0 && length > 0) {
            throw new IOException("the server sent " + length + " bytes more than it received");
        }
        missing -= length;
        if (done > 0) {
            verified = true;
            counters.answered(done);
            if (closedLoop && counters.goesOn()) {
                send(depth - inFlight, now);
            }
        }
    }

    private void verify(ByteBuffer read) throws IOException {
        if (!echo) {
            learnReplySize(read);
            return;
        }
        int from = request.length - missing;
        int expected = Math.min(read.remaining(), missing);
        int mismatch = read.slice(0, expected).mismatch(ByteBuffer.wrap(request, from, expected));
        if (mismatch >= 0) {
            throw new IOException("not an echo: byte " + (from + mismatch) + " of " + request.length + " differs");
        }
    }

    /** The first answer comes whole, since it is short and only one request is in flight. */
    private void learnReplySize(ByteBuffer read) throws IOException {
        byte[] start = new byte[Math.min(read.remaining(), HTTP_OK.length)];
        read.get(0, start);
        if (!Arrays.equals(start, HTTP_OK)) {
            throw new IOException("not an HTTP response: it starts with " + Arrays.toString(start));
        }
        replySize = read.remaining();
        missing = replySize;
    }

    private void grow() {
        long[] larger = new long[sentAt.length * 2];
        for (int i = 0; i < inFlight; i++) {
            larger[(oldest + i) & (larger.length - 1)] = sentAt[(oldest + i) & (sentAt.length - 1)];
        }
        sentAt = larger;
    }
}
