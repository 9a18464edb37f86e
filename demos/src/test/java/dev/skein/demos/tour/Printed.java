package dev.skein.demos.tour;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What a program printed, line by line. */
final class Printed {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    /** What the program prints to. */
    PrintStream out() {
        return out;
    }

    List<String> lines() {
        return bytes.toString(UTF_8).lines().toList();
    }
}
