package dev.skein.loop.tools;

import java.util.List;

/** The loops of a JVM, for whoever looks at it over JMX: the command {@code skein}, a console. */
public interface LoopMonitorMXBean {
    /** The domain and type of its object name. */
    String NAME = "dev.skein.loop:type=LoopMonitor";

    /**
     * Every loop that has a thread, each asked at once; one that does not answer within a second is reported as held. Blocks
     * the caller that long at most, and longer only while a loop with very many tasks is at it.
     */
    List<LoopSnapshot> snapshot();
}
