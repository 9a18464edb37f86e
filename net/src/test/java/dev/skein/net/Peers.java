package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Programs of the system that tests speak to. */
public final class Peers {
    private Peers() {}

    public static boolean isThere(String program) {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }

    /** What {@code script} prints, run by bash with {@code arguments}. Blocks. */
    public static String bash(String script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }
}
