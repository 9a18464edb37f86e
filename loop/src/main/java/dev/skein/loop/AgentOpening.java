package dev.skein.loop;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Opens {@code java.lang} to Skein's module in a JVM that was started without the flag, by the agent of Byte Buddy, if its
 * jar is there. Mockito brings it ({@code net.bytebuddy:byte-buddy-agent}), so that tests and IDEs need no flag.
 * {@code -Dskein.agent=off} forbids it. Any thread.
 *
 * <p>The agent starts a JVM that lives shortly, attaches to this one and loads the agent's jar here. It takes a third of a second,
 * once. What this JVM gives the agent then opens the package: {@link Instrumentation#redefineModule}. The JDK prints four
 * lines to the standard error, the first of which begins with {@code WARNING: A Java agent has been loaded dynamically}, unless
 * it has {@code -XX:+EnableDynamicAgentLoading}. If the agent is in the JVM already, as by {@code -javaagent} or if Mockito
 * was first, nothing is attached and nothing printed.
 */
final class AgentOpening {
    private static final String ARTIFACT = "net.bytebuddy:byte-buddy-agent";
    private static final String PACKAGE = "java.lang";
    private static final int LIMIT_SECONDS = 20;

    private AgentOpening() {}

    /** Whether the package is open to Skein, by the flag or the manifest of a jar. */
    static boolean isOpen() {
        return Object.class.getModule().isOpen(PACKAGE, mine());
    }

    private static Module mine() {
        return AgentOpening.class.getModule();
    }

    /** Opens the package, or says what the user can do instead. */
    static Optional<String> open() {
        if ("off".equals(System.getProperty("skein.agent"))) {
            return Optional.of("start the JVM with the flag");
        }
        if (!findAgent()) {
            return Optional.of("start the JVM with the flag, or, for tests, put " + ARTIFACT + " on the class path");
        }
        long start = System.nanoTime();
        Optional<String> refusal = attach();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (refusal.isEmpty()) {
            LoopLog.info("started without " + VirtualThreads.FLAG + ": " + ARTIFACT
                    + " has opened the package instead, in " + millis + " ms");
        }
        return refusal.map(
                why -> "start the JVM with the flag (" + ARTIFACT + " cannot open the package here: " + why + ")");
    }

    /** Skein as a named module must read the agent's: Surefire leaves the jars of tests on the class path. */
    private static boolean findAgent() {
        try {
            Class<?> agent =
                    Class.forName("net.bytebuddy.agent.ByteBuddyAgent", false, AgentOpening.class.getClassLoader());
            mine().addReads(agent.getModule());
            return true;
        } catch (ClassNotFoundException | LinkageError notThere) {
            return false;
        }
    }

    /** On a thread of its own, for the caller may be interrupted, and the agent would take that for a refusal. */
    private static Optional<String> attach() {
        return CompletableFuture.supplyAsync(AgentOpening::tryToOpen, AgentOpening::start)
                .completeOnTimeout(
                        Optional.of("no answer within " + LIMIT_SECONDS + " s"), LIMIT_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private static void start(Runnable attaching) {
        Thread.ofPlatform()
                .daemon()
                .name("skein-agent")
                .inheritInheritableThreadLocals(false)
                .start(attaching);
    }

    /** The jar may be of any version, and the JVM may refuse it in many ways: none of them is an exception of the program. */
    private static Optional<String> tryToOpen() {
        try {
            Instrumentation jvm = ByteBuddyAgent.install();
            jvm.redefineModule(
                    Object.class.getModule(), Set.of(), Map.of(), Map.of(PACKAGE, Set.of(mine())), Set.of(), Map.of());
            return isOpen() ? Optional.empty() : Optional.of("it is closed still");
        } catch (Throwable refused) {
            return Optional.of(Repr.of(refused));
        }
    }
}
