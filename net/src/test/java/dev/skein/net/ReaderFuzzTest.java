package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

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
                new Program(seed).run();
            }
        });
    }

    private static final class Program {
        private final long seed;
        private final Random random;
        private final ReaderModel model;
        private final StreamReader reader;
        private final Collector passedOn = new Collector();
        private final StreamWriter writer = new StreamWriter(passedOn);
        private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
        private final List<String> trail = new ArrayList<>();
        private boolean reading = true;
        private @Nullable ReaderOperation operation;
        private @Nullable Task<String> task;

        Program(long seed) {
            this.seed = seed;
            random = new Random(seed);
            int limit = 1 + random.nextInt(16);
            model = new ReaderModel(limit);
            reader = new StreamReader(Loop.current(), limit, on -> reading = on);
            trail.add("limit " + limit);
        }

        void run() {
            try {
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
            } catch (Throwable e) {
                throw new AssertionError("program " + seed + ": " + trail, e);
            }
        }

        private void event() {
            switch (random.nextInt(100)) {
                case 0, 1 -> end();
                case 2 -> lose();
                case 3 -> close();
                case 4, 5, 6, 7, 8, 9, 10 -> cancel();
                case 11, 12 -> intrude();
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
            int count = random.nextInt(random.nextInt(24) + 1);
            for (int i = 0; i < count; i++) {
                bytes.append(any ? (char) random.nextInt(256) : "aaabbb\r\n\n".charAt(random.nextInt(9)));
            }
            return bytes.toString();
        }

        private void feed(String bytes) {
            trail.add("feed " + bytes.replace("\n", "\\n").replace("\r", "\\r"));
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
            trail.add(next.toString());
            operation = next;
            task = createTask(() -> next.run(reader, writer));
        }

        private void end() {
            trail.add("end");
            reader.feedEof();
            model.end();
        }

        private void lose() {
            trail.add("loss");
            reader.fail(new IOException("lost"));
            model.fail();
        }

        private void close() {
            trail.add("close");
            reader.close();
            model.close();
        }

        /** It ends the read, also one that would have had its bytes in its next turn, and takes nothing. */
        private void cancel() {
            Task<String> waiting = task;
            if (waiting == null) {
                return;
            }
            trail.add("cancel");
            waiting.cancel();
            yieldNow();
            assertThat(waiting.isCancelled()).isTrue();
            task = null;
            model.forgetTransfer();
        }

        /** A second read while one waits is refused and harms nobody. */
        private void intrude() {
            compare();
            if (task != null) {
                trail.add("intrude");
                try {
                    fail("a second read: " + ReaderOperation.any(random).run(reader, writer));
                } catch (IllegalStateException expected) {
                    assertThat(expected).hasMessageContaining("one coroutine reads at a time");
                }
            }
        }

        private void compare() {
            yieldNow();
            Task<String> running = task;
            ReaderOperation what = operation;
            if (running != null && what != null) {
                Optional<String> expected = model.attempt(what);
                assertThat(running.isDone()).as("done, with %s", expected).isEqualTo(expected.isPresent());
                if (running.isDone()) {
                    assertThat(running.result()).isEqualTo(expected.orElseThrow());
                    model.forgetTransfer();
                    task = null;
                }
            }
            assertThat(passedOn.text.toString()).isEqualTo(model.passedOn());
            assertThat(reading).as("reading, %s", reader).isEqualTo(!model.isPaused());
            assertThat(reader.atEof()).as("at its end, %s", reader).isEqualTo(model.atEof());
        }

        private void finish() {
            compare();
            assertThat(task).isNull();
            begin(new ReaderOperation.ReadAll());
            compare();
            reader.close();
            assertThat(memory.metric().usedHeapMemory()).as("bytes not released").isZero();
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
        public ByteBuf buffer(int capacity) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitWritable() {}

        @Override
        public long sendFile(FileChannel file, long offset, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void drain() {}

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
