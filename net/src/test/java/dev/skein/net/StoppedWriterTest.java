package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** A coroutine that stops in the JDK in the middle of a write, while its loop goes on. */
class StoppedWriterTest {
    private static final String LONG = "x".repeat(300);

    private final ReentrantLock arena = new ReentrantLock();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);

    private void hold() {
        arena.lock();
        try {
            held.countDown();
            letGo.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            arena.unlock();
        }
    }

    /** Has a callback do it. */
    private static void soon(Action write) {
        Loop.current().callSoon(() -> {
            try {
                write.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** What was gathered goes at the end of a pass, but not from under somebody who is just adding to it. */
    @Test
    void aStoppedWritersBytesStayInOrderThoughTheLoopFlushes() {
        assumeTrue(
                Thread.class.getModule().isOpen("java.lang", StoppedWriterTest.class.getModule()),
                "else it holds the loop");
        new Loopback(Transport.preferred()).talk((client, peer) -> {
            Thread.ofPlatform().daemon().start(this::hold);
            held.await();
            client.channel().config().setAllocator(new Locking());
            Task<?> writing = createTask(() -> {
                client.writer().write("a");
                client.writer().write(LONG);
            });
            Loopback.until(arena::hasQueuedThreads);
            // What it had written before is gone by now, if it goes.
            for (int i = 0; i < 10; i++) {
                Asyncio.yieldNow();
            }
            letGo.countDown();
            writing.await();
            assertThat(new String(peer.reader().readExactly(1 + LONG.length()), UTF_8))
                    .isEqualTo("a" + LONG);
        });
    }

    @Test
    void writesOfOthersGoBehindAStoppedOne() {
        assumeTrue(
                Thread.class.getModule().isOpen("java.lang", StoppedWriterTest.class.getModule()),
                "else it holds the loop");
        new Loopback(Transport.preferred()).talk((client, peer) -> {
            Thread.ofPlatform().daemon().start(this::hold);
            held.await();
            client.channel().config().setAllocator(new Locking());
            Task<?> writing = createTask(() -> {
                client.writer().write("a");
                client.writer().write(LONG);
            });
            Loopback.until(arena::hasQueuedThreads);
            Task<?> other = createTask(() -> client.writer().write("other"));
            soon(() -> {
                client.writer().write("b");
                client.writer().write(Unpooled.copiedBuffer("c", UTF_8));
            });
            for (int i = 0; i < 10; i++) {
                Asyncio.yieldNow();
            }
            assertThat(other.isDone()).isFalse();
            letGo.countDown();
            writing.await();
            other.await();
            assertThat(new String(peer.reader().readExactly(LONG.length() + 8), UTF_8))
                    .isEqualTo("a" + LONG + "bcother");
        });
    }

    @Test
    void buffersBehindAStoppedWriteAreReleasedByAbort() {
        assumeTrue(
                Thread.class.getModule().isOpen("java.lang", StoppedWriterTest.class.getModule()),
                "else it holds the loop");
        new Loopback(Transport.preferred()).talk((client, peer) -> {
            Thread.ofPlatform().daemon().start(this::hold);
            held.await();
            client.channel().config().setAllocator(new Locking());
            Task<?> writing = createTask(() -> {
                client.writer().write("a");
                client.writer().write(LONG);
            });
            Loopback.until(arena::hasQueuedThreads);
            ByteBuf waiting = Unpooled.copiedBuffer("c", UTF_8);
            soon(() -> client.writer().write(waiting));
            Asyncio.yieldNow();
            Asyncio.yieldNow();
            client.abort();
            assertThat(waiting.refCnt()).isZero();
            letGo.countDown();
            writing.await();
        });
    }

    /** Buffers that take a lock when they grow, as those of an arena do. */
    @SuppressWarnings({"LockNotBeforeTry", "deprecation"}) // nothing is done in the lock; Netty's own hook
    private final class Locking extends AbstractByteBufAllocator {
        private void takeTheLock(int size) {
            if (size > 256) {
                arena.lock();
                arena.unlock();
            }
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity) {
                @Override
                protected byte[] allocateArray(int size) {
                    takeTheLock(size);
                    return super.allocateArray(size);
                }
            };
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity) {
                @Override
                protected ByteBuffer allocateDirect(int size) {
                    takeTheLock(size);
                    return super.allocateDirect(size);
                }
            };
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
