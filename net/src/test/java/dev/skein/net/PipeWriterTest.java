package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The standard input of a process, whose pipe takes only what a test lets it take. */
class PipeWriterTest {
    private static final int MARK = 64 * 1024;

    private final Loopback loopback = new Loopback(Transport.preferred());
    private final Gate pipe = new Gate();

    /** An output that takes as many writes as it has permits for. */
    private static final class Gate extends OutputStream {
        final Semaphore permits = new Semaphore(0);
        final AtomicInteger taken = new AtomicInteger();
        final AtomicInteger flushes = new AtomicInteger();
        volatile boolean broken;
        volatile boolean closed;

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            permits.acquireUninterruptibly();
            if (broken) {
                throw new IOException("Broken pipe");
            }
            taken.addAndGet(count);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** What a test does with a writer to the pipe. */
    @FunctionalInterface
    interface Use {
        void use(StreamWriter writer) throws Exception;
    }

    private void withWriter(Use test) {
        loopback.run(() -> {
            StreamWriter writer = new StreamWriter(new PipeWriter(Loop.current(), pipe, "process 7"));
            try {
                test.use(writer);
            } finally {
                pipe.permits.release(1000);
                writer.close();
            }
            until(() -> pipe.closed);
        });
    }

    private static void turns() {
        for (int i = 0; i < 10; i++) {
            yieldNow();
        }
    }

    @Test
    void aWriteWaitsWhileMoreThanTheHighMarkIsQueuedAndGoesOnAtHalf() {
        withWriter(writer -> {
            writer.write(new byte[MARK / 2]);
            writer.write(new byte[MARK / 2]);
            writer.write(new byte[1]);
            Task<?> fourth = createTask(() -> writer.write(new byte[1]));
            turns();
            assertThat(fourth.isDone()).isFalse();
            assertThat(fourth.toString()).contains("stdin.drain");
            pipe.permits.release();
            until(() -> pipe.taken.get() == MARK / 2);
            turns();
            assertThat(fourth.isDone()).as("half and a byte are left").isFalse();
            pipe.permits.release();
            until(fourth::isDone);
            assertThat(pipe.taken.get()).isEqualTo(MARK);
        });
    }

    @Test
    void exactlyHalfIsLittleEnough() {
        withWriter(writer -> {
            writer.write(new byte[MARK / 2 + 1]);
            writer.write(new byte[MARK / 2]);
            Task<?> third = createTask(() -> writer.drain());
            turns();
            assertThat(third.isDone()).isFalse();
            pipe.permits.release();
            until(third::isDone);
            assertThat(pipe.taken.get()).isEqualTo(MARK / 2 + 1);
        });
    }

    /** As asyncio's: a closing pipe lets the loop have a round. */
    @Test
    void drainWaitsAboveTheMarkAloneAndLetsOthersRunIfItIsClosing() {
        withWriter(writer -> {
            List<String> turns = new ArrayList<>();
            writer.write(new byte[MARK]);
            Loop.current().callSoon(() -> turns.add("other"));
            writer.drain();
            assertThat(turns).isEmpty();
            pipe.permits.release();
            writer.close();
            writer.drain();
            assertThat(turns).containsExactly("other");
        });
    }

    @Test
    void whatIsWrittenIsFlushedWhenNothingIsBehindIt() {
        withWriter(writer -> {
            writer.write("a line");
            pipe.permits.release();
            until(() -> pipe.flushes.get() == 1);
            assertThat(writer).hasToString("StreamWriter[stdin of process 7, OPEN]");
        });
    }

    @Test
    void aProcessThatReadsNoMoreIsToldToThoseWhoWaitAndWrite() {
        withWriter(writer -> {
            writer.write(new byte[MARK + 1]);
            Task<?> waiting = createTask(() -> writer.write("x"));
            turns();
            pipe.broken = true;
            pipe.permits.release();
            String told = "cannot write to the standard input of process 7: Broken pipe";
            assertThatThrownBy(writer::waitClosed).hasMessage(told);
            assertThatThrownBy(waiting::await).hasMessageContaining(told);
            assertThatThrownBy(() -> writer.write("y")).hasMessage(told);
            assertThatThrownBy(writer::drain).hasMessage(told);
            assertThat(writer.isClosing()).isTrue();
            assertThat(writer).hasToString("StreamWriter[stdin of process 7, CLOSED]");
        });
    }

    @Test
    void whatIsQueuedBehindABrokenPipeIsReleased() {
        withWriter(writer -> {
            ByteBuf behind = Unpooled.wrappedBuffer(new byte[3]);
            writer.write("x");
            writer.write(behind);
            pipe.broken = true;
            pipe.permits.release();
            assertThatThrownBy(writer::waitClosed).hasMessageEndingWith("Broken pipe");
            assertThat(behind.refCnt()).isZero();
        });
    }

    @Test
    void closeIsBehindWhatIsQueued() {
        withWriter(writer -> {
            writer.write("abc");
            writer.writeEof();
            assertThat(writer).hasToString("StreamWriter[stdin of process 7, CLOSING]");
            assertThatThrownBy(() -> writer.write("late"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the standard input of process 7 is closed");
            pipe.permits.release();
            writer.waitClosed();
            assertThat(pipe.closed).isTrue();
            assertThat(pipe.taken.get()).isEqualTo(3);
            writer.drain();
        });
    }

    @Test
    void anEmptyBufferIsReleasedAndNotWritten() {
        withWriter(writer -> {
            ByteBuf empty = Unpooled.buffer();
            writer.write(empty);
            assertThat(empty.refCnt()).isZero();
            writer.write(Unpooled.wrappedBuffer(new byte[3]));
            pipe.permits.release();
            until(() -> pipe.taken.get() == 3);
        });
    }

    @Test
    void aForeignThreadIsRefused() {
        withWriter(writer -> {
            for (Action each : List.<Action>of(() -> writer.write("x"), writer::drain, writer::close)) {
                assertThatThrownBy(() -> toThread(() -> {
                            each.run();
                            return 1;
                        }))
                        .isInstanceOf(WrongThreadException.class);
            }
            assertThat(writer.isClosing()).isFalse();
        });
    }
}
