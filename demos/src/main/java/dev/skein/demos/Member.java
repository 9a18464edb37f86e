package dev.skein.demos;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import dev.skein.net.Connection;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A member of a {@link Room}: a nick name, a connection, and an outbox of lines on their way to it.
 *
 * <p>A line for a member is put into the outbox, without waiting. The member's own coroutine empties it, and alone waits for
 * the network. So a member that reads slowly delays no other, and is dropped when its outbox is full.
 */
final class Member {
    static final int OUTBOX_LINES = 100;

    private final String nick;
    private final Connection connection;
    private final ArrayDeque<String> outbox = new ArrayDeque<>();
    private Future<@Nullable Void> news = Loop.current().createFuture();
    private boolean leaving;

    /** True during a write. No other coroutine runs in between unless the write suspends: the peer is behind. */
    private boolean writing;

    Member(String nick, Connection connection) {
        this.nick = nick;
        this.connection = connection;
    }

    String nick() {
        return nick;
    }

    /** Puts a line into the outbox, without waiting; false if it is full and the peer does not read. */
    boolean offer(String line) {
        if (writing && outbox.size() >= OUTBOX_LINES) {
            return false;
        }
        outbox.add(line);
        wakeWriter();
        return true;
    }

    /** The member's second coroutine: writes what is in the outbox, until it is empty and the member leaves. */
    void emptyOutbox() {
        try {
            writeOutbox();
            while (!leaving) {
                news = Loop.current().createFuture();
                news.await();
                writeOutbox();
            }
        } catch (IOException lost) {
            // The coroutine that reads from this connection gets it too.
        }
    }

    private void writeOutbox() throws IOException {
        while (!outbox.isEmpty()) {
            writing = true;
            connection.writer().writeLine(outbox.remove());
            writing = false;
        }
    }

    /** Nothing more will be put into the outbox. */
    void leave() {
        leaving = true;
        wakeWriter();
    }

    /** Throws the member out, with all that is on its way. */
    void abort() {
        connection.abort();
    }

    private void wakeWriter() {
        if (!news.isDone()) {
            news.setResult(null);
        }
    }

    @Override
    public String toString() {
        return "Member[" + nick + ", " + outbox.size() + " lines in the outbox" + (writing ? ", behind]" : "]");
    }
}
