package dev.skein.loop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.FileHandler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Locks that no program writes and every program takes: no loop is lost to one. */
class HiddenLockTest {
    @Test
    void ofAPrintStream() throws Exception {
        PrintStream console = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
        String line = "a line that takes a moment to encode. ".repeat(10);
        Contest.between(1, () -> console.println(line));
    }

    @Test
    void ofABinOfAMap() throws Exception {
        ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();
        Contest.between(1, () -> counts.merge("requests", 1, Integer::sum));
    }

    @Test
    void ofALoggerThatWritesToAFile(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
        Logger logger = Logger.getLogger("dev.skein.loop.HiddenLockTest");
        FileHandler file = new FileHandler(folder.resolve("%g.log").toString(), 1_000_000, 2);
        file.setFormatter(new SimpleFormatter());
        logger.setUseParentHandlers(false);
        logger.addHandler(file);
        Contest.between(2, () -> logger.info("a line"));
        logger.removeHandler(file);
        file.close();
    }

    @Test
    void ofTheLogOfErrorsThatNobodyAwaits() throws Exception {
        PrintStream before = System.err;
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
        try {
            ErrorContext error = ErrorContext.of("test").withException(new IllegalStateException("test"));
            Contest.between(2, () -> {
                Loop loop = LoopThread.loopOfCaller();
                if (loop == null) {
                    ErrorReporter.log(error);
                } else {
                    loop.callExceptionHandler(error);
                }
            });
        } finally {
            System.setErr(before);
        }
    }

    @Test
    void ofAHandleThatOthersAskToo() throws Exception {
        LoopGroup others = new LoopGroup(1);
        Loop loop = Loop.of(others.next());
        AtomicReference<Handle> handle = new AtomicReference<>(loop.callSoonThreadsafe(Thread::onSpinWait));
        AtomicInteger asked = new AtomicInteger();
        Contest.between(2, () -> {
            if (handle.get().isCancelled()) {
                throw new AssertionError("nobody cancels it");
            }
            if (asked.incrementAndGet() % 64 == 0) {
                handle.set(loop.callSoonThreadsafe(Thread::onSpinWait));
            }
        });
        Lost.close(others);
    }

    @Test
    void ofTheSourceOfRandomNumbers() throws Exception {
        Contest.between(3, UUID::randomUUID);
    }

    @Test
    void ofLeakDetectionThatFollowsEveryBuffer() throws Exception {
        Contest.between(3, () -> ByteBufAllocator.DEFAULT.directBuffer(64).release());
    }

    @Test
    void ofAnAllocatorThatHasPools() throws Exception {
        ByteBufAllocator pooled = new PooledByteBufAllocator(true, 1, 1, 8192, 4, 64, 8, false);
        Contest.between(3, () -> pooled.directBuffer(64).release());
    }
}
