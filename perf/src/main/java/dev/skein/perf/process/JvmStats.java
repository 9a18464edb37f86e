package dev.skein.perf.process;

import com.sun.management.ThreadMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a JVM tells of itself.
 *
 * @param allocated bytes of objects created so far by all its threads
 * @param collections garbage collections so far
 * @param collecting milliseconds that they took
 * @param heap bytes of the heap in use
 * @param direct bytes outside of the heap that buffers use
 */
public record JvmStats(long allocated, long collections, long collecting, long heap, long direct) {
    /** Of a process that is no JVM of ours. */
    public static final JvmStats NONE = new JvmStats(0, 0, 0, 0, 0);

    /** Of this JVM, now. */
    public static JvmStats now() {
        long collections = 0;
        long collecting = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += collector.getCollectionCount();
            collecting += collector.getCollectionTime();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new JvmStats(threads.getTotalThreadAllocatedBytes(), collections, collecting, heap, directBytes());
    }

    /** Of this JVM, after what is unreachable has been collected; a second time takes what the first only found. */
    public static JvmStats afterCollection() {
        System.gc();
        System.gc();
        return now();
    }

    /** The JDK's buffers, and those that Netty allocates without it. */
    private static long directBytes() {
        long bytes = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                bytes += pool.getMemoryUsed();
            }
        }
        return bytes;
    }

    /** What happened between {@code before} and this; memory as it is now. */
    public JvmStats since(JvmStats before) {
        return new JvmStats(
                allocated - before.allocated,
                collections - before.collections,
                collecting - before.collecting,
                heap,
                direct);
    }

    public String toLine() {
        return "%d %d %d %d %d".formatted(allocated, collections, collecting, heap, direct);
    }

    /**
     * The figures of a line that {@link #toLine} made.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static JvmStats parse(String line) {
        String[] words = line.trim().split(" ", -1);
        if (words.length != 5) {
            throw new IllegalArgumentException("malformed JVM figures: '" + line + "'");
        }
        return new JvmStats(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }
}
