package dev.skein.net.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.logging.FileHandler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** A logger of the JDK that writes to a file, and begins another when that is full. */
final class SharedFileLog implements Shared {
    static final Logger LOGGER = Logger.getLogger("dev.skein.net.torture");

    private final FileHandler file;

    SharedFileLog(Path folder) throws IOException {
        file = new FileHandler(folder.resolve("torture-%g.log").toString(), 1_000_000, 2);
        file.setFormatter(new SimpleFormatter());
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(file);
    }

    @Override
    public void use(Random random) {
        LOGGER.info("a line");
    }

    @Override
    public void close() {
        LOGGER.removeHandler(file);
        file.close();
    }
}
