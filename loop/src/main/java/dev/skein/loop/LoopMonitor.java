package dev.skein.loop;

import dev.skein.loop.tools.LoopMonitorMXBean;
import dev.skein.loop.tools.LoopSnapshot;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The JMX bean of all loops of this JVM. The command {@code skein} creates one in the JVM that it inspects; programs need
 * not. Any thread.
 */
public final class LoopMonitor implements LoopMonitorMXBean {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);

    /** Creates a monitor. JMX calls this by the name of the class. */
    public LoopMonitor() {}

    @Override
    public List<LoopSnapshot> snapshot() {
        return Snapshots.ofAllLoops(ANSWER_TIMEOUT);
    }

    /**
     * Registers a monitor now if JMX would not find this class by its name, as in a class loader of an application's own. In
     * the background, since JMX takes its time to start.
     */
    static void registerWhereItIsHidden() {
        ClassLoader mine = LoopMonitor.class.getClassLoader();
        if (mine != ClassLoader.getSystemClassLoader()) {
            Thread.ofPlatform().daemon().name("skein-monitor").start(() -> register(System.identityHashCode(mine)));
        }
    }

    private static void register(int loader) {
        try {
            ObjectName name = new ObjectName(NAME + ",loader=" + Integer.toHexString(loader));
            ManagementFactory.getPlatformMBeanServer().registerMBean(new LoopMonitor(), name);
        } catch (JMException | LinkageError notThere) {
            // A runtime image without JMX, which the command cannot inspect anyway.
        }
    }
}
