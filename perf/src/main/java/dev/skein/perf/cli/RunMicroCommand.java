package dev.skein.perf.cli;

import dev.skein.perf.micro.Micro;
import dev.skein.perf.micro.Runtimes;
import dev.skein.perf.process.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process of a runtime that is a JVM's: reads "scenario count" lines, answers each with the time it took. */
@Command(
        name = Protocol.RUN_MICRO,
        hidden = true,
        description = "Runs the programs of coroutines that it reads from stdin.")
final class RunMicroCommand implements Callable<Integer> {
    @Parameters(paramLabel = "<runtime>", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Runtimes runtime = Runtimes.SKEIN;

    @Override
    public Integer call() throws IOException, InterruptedException {
        BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = rounds.readLine(); line != null; line = rounds.readLine()) {
            String[] words = line.split(" ", -1);
            int count = Integer.parseInt(words[1]);
            System.out.println(Protocol.RESULT
                    + (words[0].equals(Protocol.PARKED) ? runtime.parked(count) : run(words[0], count)));
        }
        return 0;
    }

    /** In nanoseconds. */
    private double run(String scenario, int count) throws InterruptedException {
        long start = System.nanoTime();
        runtime.run(Micro.valueOf(scenario.toUpperCase(Locale.ROOT)), count);
        return System.nanoTime() - start;
    }
}
