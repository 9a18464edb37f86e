package dev.skein.loop.tools;

import java.util.List;

/**
 * The loops of a JVM, for JMX: the command {@code skein}, or a console. Any thread.
 *
 * {@snippet :
 * LoopMonitorMXBean monitor = new LoopMonitor();
 * for (LoopSnapshot loop : monitor.snapshot()) {
 *     IO.println(loop.thread() + " has " + loop.tasks().size() + " tasks");
 * }
 * }
 */
public interface LoopMonitorMXBean {
    /** The domain and type of its object name. */
    String NAME = "dev.skein.loop:type=LoopMonitor";

    /**
     * Returns a snapshot of each loop that has a thread. All loops are asked at once; one that does not answer within 1 s is
     * reported as blocked. Blocks the caller for at most that time, or for longer if a loop has very many tasks.
     */
    List<LoopSnapshot> snapshot();
}
