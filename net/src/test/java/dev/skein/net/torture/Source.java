package dev.skein.net.torture;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What can be shared. {@code -Dtorture.sources=lock,monitor} takes these alone, {@code -Dtorture.without=...} all others; without
 * either, all are taken but the one that is known to stop loops.
 */
enum Source {
    LOCK(32),
    FAIR_LOCK(32),
    MONITOR(32),
    MAP(32),
    FILE_LOG(32),
    CONSOLE(32),
    RANDOM(32),
    BUFFERS(32),
    HANDLES(16),
    HANDSHAKE(1),
    INITIALISER(4),

    /**
     * A class initialiser that wants a contended lock. A loop that waits for the class, which a plain thread initialises, cannot
     * be unmounted; if that thread waits behind a coroutine of the same loop, all stop, as design.md says.
     */
    LOGGING_INITIALISER(4);

    private static final String KNOWN = "logging-initialiser";

    /** How often it is chosen, compared with the others. */
    final int shares;

    Source(int shares) {
        this.shares = shares;
    }

    Shared make(Setting setting) throws Exception {
        return switch (this) {
            case LOCK -> new SharedLock(false);
            case FAIR_LOCK -> new SharedLock(true);
            case MONITOR -> new SharedMonitor();
            case MAP -> new SharedMap();
            case FILE_LOG -> new SharedFileLog(setting.folder());
            case CONSOLE -> new SharedConsole();
            case RANDOM -> new SharedRandom();
            case BUFFERS -> new SharedBuffers();
            case HANDLES -> new SharedHandles(setting.loops());
            case HANDSHAKE -> new SharedHandshake(setting.tls());
            case INITIALISER -> new SharedInitialiser(QuietClass.class);
            case LOGGING_INITIALISER -> new SharedInitialiser(LoggingClass.class);
        };
    }

    /** Those that the system properties ask for; all if they say nothing. */
    static Set<Source> asked() {
        Set<Source> asked = EnumSet.allOf(Source.class);
        String only = System.getProperty("torture.sources", "");
        if (!only.isBlank()) {
            asked.retainAll(named(only));
        }
        asked.removeAll(named(System.getProperty("torture.without", only.isBlank() ? KNOWN : "")));
        return asked;
    }

    private static List<Source> named(String words) {
        return Arrays.stream(words.split(",", -1))
                .filter(word -> !word.isBlank())
                .map(word -> valueOf(word.strip().toUpperCase(Locale.ROOT).replace('-', '_')))
                .toList();
    }
}
