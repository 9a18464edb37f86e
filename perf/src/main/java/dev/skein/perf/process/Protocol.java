package dev.skein.perf.process;

import dev.skein.loop.Transport;
import java.util.Locale;

/**
 * The words between {@code perf} and the processes that it starts: what their command lines begin with, and what goes through
 * their stdin and stdout, line by line. The programs in {@code perf/peers} use the same ones.
 */
public final class Protocol {
    /** The subcommand that is a server; its name and its service follow. */
    public static final String SERVE = "serve";

    /** The subcommand that is the load generator: it reads a round from each line, and answers with {@link #RESULT}. */
    public static final String LOAD = "load";

    /**
     * The subcommand that runs programs of coroutines; the runtime's name follows. It reads a program and a count from each line,
     * and answers with {@link #RESULT}.
     */
    public static final String RUN_MICRO = "run-micro";

    /** What a server says when it listens; the port follows. */
    public static final String LISTENING = "listening on 127.0.0.1:";

    /** Asks a server in a JVM of ours for its figures of now; the answer begins with the same word. */
    public static final String STATS = "stats ";

    /** As {@link #STATS}, after a garbage collection. */
    public static final String COLLECT = "collect ";

    /** What an answer begins with. */
    public static final String RESULT = "result ";

    /** Follows {@link #RESULT} if a round of load failed; the reason follows. */
    public static final String FAILED = "failed: ";

    /** In place of a program of coroutines: the result is the heap of each waiting coroutine, in bytes. */
    public static final String PARKED = "parked";

    private Protocol() {}

    /** A transport as the property {@code skein.transport} takes it, and the option {@code --transport}. */
    public static String word(Transport transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }
}
