package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One call of the soak: sends its pattern, and checks what comes back, in one of several ways. */
final class SoakCall {
    /** More than a socket takes at once. */
    static final int SIZE = 300_000;

    private final Random random;
    private final SoakPattern sent;
    private final SoakPattern received;

    SoakCall(int id, Random random) {
        this.random = random;
        sent = new SoakPattern(id);
        received = new SoakPattern(id);
    }

    void talk(Soak.Dial dial) throws IOException {
        try (Connection connection = dial.dial()) {
            Task<?> sending = createTask(() -> send(connection.writer()));
            try {
                receive(connection);
            } finally {
                sending.cancel();
                end(connection);
            }
        }
    }

    private void send(StreamWriter writer) throws IOException {
        try {
            while (sent.place() < SIZE) {
                int left = (int) (SIZE - sent.place());
                writer.write(sent.next(Math.min(left, 1 + random.nextInt(20_000))));
            }
            if (writer.sink().canWriteEof()) {
                writer.writeEof();
            }
        } catch (IOException lost) {
            // The side that reads says what became of it.
        }
    }

    private void receive(Connection connection) throws IOException {
        boolean all = random.nextInt(3) > 0;
        int upTo = all ? SIZE : random.nextInt(SIZE);
        // Over TLS nobody ends the other direction, so it is not waited for.
        boolean toTheEnd = all && connection.writer().sink().canWriteEof();
        while (toTheEnd || received.place() < upTo) {
            byte[] piece = read(connection.reader());
            if (piece == null) {
                return;
            }
            received.check(piece);
        }
    }

    private byte @Nullable [] read(StreamReader reader) throws IOException {
        return switch (random.nextInt(5)) {
            case 0 -> readCancelled(reader);
            case 1 -> {
                yieldNow();
                yield reader.read(100);
            }
            default -> reader.read(1 + random.nextInt(30_000));
        };
    }

    /** A read that is cancelled takes nothing; what it had got by then it gives. */
    private byte[] readCancelled(StreamReader reader) throws IOException {
        Task<byte[]> reading = createTask(() -> reader.readExactly(1 + random.nextInt(1000)));
        // Looked at also if this call is cancelled meanwhile.
        reading.addDoneCallback(done -> {
            if (!done.isCancelled()) {
                done.exception();
            }
        });
        if (random.nextBoolean()) {
            yieldNow();
        } else {
            sleep(Duration.ofNanos(200_000));
        }
        reading.cancel();
        try {
            return reading.await();
        } catch (CancelledError cancelled) {
            if (Objects.requireNonNull(currentTask()).cancelling() > 0) {
                throw cancelled;
            }
            return new byte[0];
        } catch (RuntimeException ended) {
            if (reading.exception() instanceof IncompleteReadException e) {
                return e.partial();
            }
            if (reading.exception() instanceof IOException e) {
                throw e;
            }
            throw ended;
        }
    }

    private void end(Connection connection) {
        switch (random.nextInt(4)) {
            case 0 -> Soak.reset(connection);
            case 1 -> connection.abort();
            default -> {
                // What is queued is not wanted by a peer that has stopped reading.
                if (sent.place() < SIZE || received.place() < SIZE) {
                    connection.abort();
                }
            }
        }
    }
}
