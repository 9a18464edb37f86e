package dev.skein.loop.tools;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Another JVM that runs loops. It needs no preparation: the JDK's attach starts its own local management agent, which then
 * creates a {@code LoopMonitor}, a class that the JVM has if it has Skein. A JVM that is never inspected pays nothing, for
 * JMX alone takes longer to start than a small program.
 */
final class Target {
    private static final String MONITOR = "dev.skein.loop.LoopMonitor";

    private final long pid;

    Target(long pid) {
        this.pid = pid;
    }

    /** The reason why a JVM cannot be inspected. The message is for the user of the command. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }

    @SuppressWarnings("BanJNDI") // the address comes from a JVM of this very user
    List<LoopSnapshot> snapshot() throws Refused {
        checkProcess();
        String address = startAgent();
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
            return ask(connector.getMBeanServerConnection());
        } catch (IOException | JMException e) {
            throw new Refused("process " + pid + " did not answer: " + e);
        }
    }

    private void checkProcess() throws Refused {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow(() -> new Refused("no such process: " + pid));
        if (process.equals(ProcessHandle.current())) {
            throw new Refused("process " + pid + " is this command itself");
        }
        String me = ProcessHandle.current().info().user().orElse("");
        String owner = process.info().user().orElse(me);
        if (!owner.equals(me) && !me.equals("root")) {
            throw new Refused("process " + pid + " belongs to " + owner + ": run this command as " + owner);
        }
        if (!isJvm()) {
            // Never attach to anything else: it asks by a signal, which ends many other programs.
            throw new Refused("process " + pid + " is not a JVM");
        }
    }

    private boolean isJvm() {
        String id = Long.toString(pid);
        if (VirtualMachine.list().stream().anyMatch(jvm -> jvm.id().equals(id))) {
            return true;
        }
        try (Stream<String> mapped = Files.lines(Path.of("/proc", id, "maps"))) {
            return mapped.anyMatch(line -> line.contains("libjvm."));
        } catch (IOException e) {
            return false;
        }
    }

    private String startAgent() throws Refused {
        try {
            VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
            try {
                return jvm.startLocalManagementAgent();
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException | IOException e) {
            throw new Refused("cannot attach to process " + pid + ": does it belong to another user, or run with"
                    + " -XX:+DisableAttachMechanism? " + e.getMessage());
        }
    }

    private List<LoopSnapshot> ask(MBeanServerConnection jvm) throws IOException, JMException, Refused {
        createMonitor(jvm);
        Set<ObjectName> monitors = jvm.queryNames(new ObjectName(LoopMonitorMXBean.NAME + ",*"), null);
        if (monitors.isEmpty()) {
            throw new Refused("process " + pid + " has no Skein on its class path, or none that runs a loop");
        }
        List<LoopSnapshot> loops = new ArrayList<>();
        for (ObjectName monitor : monitors) {
            loops.addAll(
                    JMX.newMXBeanProxy(jvm, monitor, LoopMonitorMXBean.class).snapshot());
        }
        if (loops.isEmpty()) {
            throw new Refused("process " + pid + " runs no loop");
        }
        return loops;
    }

    /** Creates a monitor in the JVM, unless it has one, or does not find the class. */
    private static void createMonitor(MBeanServerConnection jvm) throws IOException, JMException {
        ObjectName name = new ObjectName(LoopMonitorMXBean.NAME);
        try {
            if (!jvm.isRegistered(name)) {
                jvm.createMBean(MONITOR, name);
            }
        } catch (InstanceAlreadyExistsException | ReflectionException thereOrNoSkein) {
            // Another command was faster, or the search for monitors will say so.
        }
    }
}
