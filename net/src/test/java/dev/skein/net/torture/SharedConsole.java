package dev.skein.net.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Random;

/** {@code System.out}, which goes nowhere meanwhile. */
final class SharedConsole implements Shared {
    private static final String LINE = "a line that takes a moment to encode. ".repeat(10);

    private final PrintStream before = System.out;

    SharedConsole() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
    }

    @Override
    public void use(Random random) {
        System.out.println(LINE);
    }

    @Override
    public void close() {
        System.setOut(before);
    }
}
