package dev.skein.perf.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of ours in another JVM: the same {@code java}, the same class path, and flags that do not depend on how this one
 * was started.
 *
 * @param main the class that is started
 * @param flags of the JVM
 */
public record Jvm(Class<?> main, List<String> flags) {
    /** Lets a coroutine choose its own scheduler. */
    public static final String OPENS = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    /** What Netty's native transports ask for. */
    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    /** Lets Netty use {@code sun.misc.Unsafe}, which it leaves alone on JDK 25 otherwise. */
    public static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

    /** With a copy of the flags. */
    public Jvm {
        flags = List.copyOf(flags);
    }

    /** The flags of every JVM that is measured: fixed heap (for instance {@code 1g}), so that it does not grow in a round. */
    public static List<String> flags(Gc gc, String heap) {
        return List.of(OPENS, NATIVE_ACCESS, UNSAFE, gc.flag(), "-Xms" + heap, "-Xmx" + heap);
    }

    /** The same with these flags after the others. */
    public Jvm withFlags(List<String> more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(more);
        return new Jvm(main, all);
    }

    /** The same as JDK 25 comes, where Netty leaves {@code sun.misc.Unsafe} alone. */
    public Jvm withoutUnsafe() {
        return new Jvm(main, flags.stream().filter(flag -> !flag.equals(UNSAFE)).toList());
    }

    /** Whether Netty uses {@code sun.misc.Unsafe} in it. */
    public boolean hasUnsafe() {
        return flags.contains(UNSAFE);
    }

    /** The command line that starts it with these arguments. */
    public List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(args));
        return command;
    }

    private static String java() {
        return ProcessHandle.current()
                .info()
                .command()
                .orElseGet(() ->
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }
}
