package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs of reads, over random bytes in random pieces, with cancellations of what waits, ends and losses at any
 * moment: after each event the reader and {@link ReaderModel} agree. A million of them:
 *
 * <pre>mvn -pl loop,net test -Dtest=ReaderFuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.programs=1000000</pre>
 *
 * <p>{@code -Dfuzz.seed} begins with another program; a failure names the one it was found in.
 */
class ReaderFuzzTest {
    private static final int PROGRAMS = Integer.getInteger("fuzz.programs", 10_000);
    private static final long SEED = Long.getLong("fuzz.seed", 1);

    @Test
    @Timeout(900)
    void theReaderDoesWhatAPlainModelSays() {
        Asyncio.run(() -> {
            for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
                run(seed);
            }
        });
    }

    private static final byte[] NEXT_DOOR = "next\r\ndoor\n".getBytes(ISO_8859_1);

    private static void run(long seed) {
        try {
            new Program(seed, null).run();
        } catch (Throwable first) {
            // Once more, to tell what it does.
            List<String> trail = new ArrayList<>();
            try {
                new Program(seed, trail).run();
            } catch (Throwable again) {
                first = again;
            }
            throw new AssertionError("program " + seed + ": " + trail, first);
        }
    }

    private static void same(Object expected, Object got, String what) {
        if (!expected.equals(got)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + got);
        }
    }

    private static final class Program {
        private final Random random;

        /** A few programs have pieces so large that lines begin, end and go on where a {@link LineScanner} ends. */
        private final int size;

        private final ReaderModel model;
        private final StreamReader reader;

        /** Another one of the loop: what the two share must not show. */
        private final StreamReader neighbour = new StreamReader(Loop.current(), 16, on -> {});

        private final Collector passedOn = new Collector();
        private final StreamWriter writer = new StreamWriter(passedOn);
        private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
        private final @Nullable List<String> trail;
        private boolean reading = true;
        private @Nullable ReaderOperation operation;
        private @Nullable Task<String> task;

        Program(long seed, @Nullable List<String> trail) {
            this.trail = trail;
            random = new Random(seed);
            size = random.nextInt(16) == 0 ? LineScanner.SIZE / 10 : 1;
            int limit = 1 + random.nextInt(16 * size);
            model = new ReaderModel(limit);
            reader = new StreamReader(Loop.current(), limit, on -> reading = on);
            tell("limit " + limit);
        }

        private void tell(Object event) {
            if (trail != null) {
                trail.add(event.toString());
            }
        }

        void run() {
            int events = 5 + random.nextInt(20);
            for (int i = 0; i < events; i++) {
                event();
                // Several may happen before the reader has its turn.
                if (random.nextInt(4) > 0) {
                    compare();
                }
            }
            end();
            finish();
        }

        private void event() {
            switch (random.nextInt(100)) {
                case 0, 1 -> end();
                case 2 -> lose();
                case 3 -> close();
                case 4, 5, 6, 7, 8, 9, 10 -> cancel();
                case 11, 12 -> intrude();
                case 13, 14, 15, 16, 17 -> readNextDoor();
                default -> {
                    if (task == null && random.nextBoolean()) {
                        begin(ReaderOperation.any(random));
                    } else {
                        feed(bytes());
                    }
                }
            }
        }

        private String bytes() {
            boolean any = random.nextInt(20) == 0;
            StringBuilder bytes = new StringBuilder();
            int count = random.nextInt(random.nextInt(24) + 1) * size;
            boolean rarelyEnds = size > 1 && random.nextBoolean();
            for (int i = 0; i < count; i++) {
                bytes.append(
                        rarelyEnds && random.nextInt(100) > 0
                                ? 'c'
                                : any ? (char) random.nextInt(256) : "aaabbb\r\n\n".charAt(random.nextInt(9)));
            }
            return bytes.toString();
        }

        private void feed(String bytes) {
            tell(bytes);
            // With room behind it, or without; and one that does not begin where its memory does.
            ByteBuf chunk = memory.heapBuffer(bytes.length() + random.nextInt(30) + 1);
            if (random.nextBoolean()) {
                chunk.writeByte('x').readByte();
            }
            chunk.writeCharSequence(bytes, ISO_8859_1);
            reader.feed(chunk);
            model.feed(bytes);
        }

        private void begin(ReaderOperation next) {
            tell(next);
            operation = next;
            task = createTask(() -> next.run(reader, writer));
        }

        private void end() {
            tell("end");
            reader.feedEof();
            model.end();
        }

        private void lose() {
            tell("loss");
            reader.fail(new IOException("lost"));
            model.fail();
        }

        private void close() {
            tell("close");
            reader.close();
            model.close();
        }

        /** It ends the read, also one that would have had its bytes in its next turn, and takes nothing. */
        private void cancel() {
            Task<String> waiting = task;
            if (waiting == null) {
                return;
            }
            tell("cancel");
            waiting.cancel();
            yieldNow();
            same(true, waiting.isCancelled(), "cancelled");
            task = null;
            model.forgetTransfer();
        }

        /** A second read while one waits is refused and harms nobody. */
        private void intrude() {
            compare();
            if (task != null) {
                tell("intrude");
                String refused = refused(ReaderOperation.any(random));
                same(true, refused.contains("only one coroutine may read at a time"), refused);
            }
        }

        private void readNextDoor() {
            tell("next door");
            neighbour.feed(memory.heapBuffer().writeBytes(NEXT_DOOR));
            try {
                same("next", String.valueOf(neighbour.readLine()), "line");
                same("door", String.valueOf(neighbour.readLine()), "line");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private String refused(ReaderOperation second) {
            try {
                return "a second read: " + second.run(reader, writer);
            } catch (IllegalStateException e) {
                return String.valueOf(e.getMessage());
            }
        }

        private void compare() {
            yieldNow();
            Task<String> running = task;
            ReaderOperation what = operation;
            if (running != null && what != null) {
                Optional<String> expected = model.attempt(what);
                Optional<String> got = running.isDone() ? Optional.of(running.result()) : Optional.empty();
                same(expected, got, "outcome");
                if (running.isDone()) {
                    model.forgetTransfer();
                    task = null;
                }
            }
            same(model.passedOn(), passedOn.text.toString(), "passed on");
            same(!model.isPaused(), reading, "reading");
            same(model.atEof(), reader.atEof(), "at its end");
        }

        private void finish() {
            compare();
            same(true, task == null, "ended");
            begin(new ReaderOperation.ReadAll());
            compare();
            reader.close();
            same(0L, memory.metric().usedHeapMemory(), "bytes not released");
        }
    }

    /** Takes what is passed on. */
    private static final class Collector implements Sink {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void write(ByteBuf bytes) {
            text.append(bytes.toString(ISO_8859_1));
            bytes.release();
        }

        @Override
        public ByteBuf room(int size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wrote(ByteBuf room) {}

        @Override
        public void awaitWritable() {}

        @Override
        public long sendFile(FileChannel file, long offset, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void drain() {}

        @Override
        public boolean canWriteEof() {
            return true;
        }

        @Override
        public void writeEof() {}

        @Override
        public void close() {}

        @Override
        public void waitClosed() {}

        @Override
        public boolean isClosing() {
            return false;
        }
    }
}
