package dev.skein.net.torture;

import java.util.logging.Logger;

/** Is initialised again and again, and logs as it is. */
public final class LoggingClass {
    static {
        Logger.getLogger("dev.skein.net.torture").info("initialised");
    }

    private LoggingClass() {}
}
