package dev.skein.perf.cli;

import dev.skein.perf.load.LoadGenerator;
import dev.skein.perf.load.Round;
import dev.skein.perf.load.RoundResult;
import dev.skein.perf.process.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The load generator's process: reads a {@link Round} per line of stdin, runs it, and prints its {@link RoundResult}, or why it failed. */
@Command(name = Protocol.LOAD, hidden = true, description = "Runs the rounds of load that it reads from stdin.")
final class LoadCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = rounds.readLine(); line != null; line = rounds.readLine()) {
            System.out.println(Protocol.RESULT + answer(Round.parse(line)));
        }
        return 0;
    }

    /** A round that fails does not end the process, since others follow. */
    private static String answer(Round round) {
        try {
            return LoadGenerator.run(round).toLine();
        } catch (IOException failure) {
            return Protocol.FAILED + failure.getMessage();
        }
    }
}
