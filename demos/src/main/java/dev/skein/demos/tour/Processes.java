package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;

import dev.skein.loop.Awaitable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Three jobs in processes of their own: for work that may crash, leak or hang, since a process can be killed and a thread
 * cannot; and for programs that are not Java.
 *
 * <p>A child is this same program, which finds an argument. Its work comes on its standard input and its answer goes to its
 * standard output.
 */
final class Processes {
    private Processes() {}

    static void main(String... args) {
        if (args.length == 0) {
            show(System.out);
        } else {
            child();
        }
    }

    private static void child() {
        int limit = Integer.parseInt(IO.readln());
        IO.println(Primes.below(limit) + " primes below " + limit);
    }

    static void show(PrintStream out) {
        run(() -> spread(out));
    }

    static void spread(PrintStream out) throws IOException {
        List<Process> children = new ArrayList<>();
        try {
            List<Awaitable<String>> jobs = new ArrayList<>();
            for (int limit : Primes.LIMITS) {
                Process child = startChild();
                children.add(child);
                jobs.add(() -> ask(child, limit));
            }
            out.println(children.stream().filter(Process::isAlive).count() + " processes wait for their work");
            for (String answer : await(gather(jobs))) {
                out.println(answer);
            }
        } finally {
            // For those that a cancellation or a failure has left; one that has ended takes no notice.
            children.forEach(Process::destroyForcibly);
        }
    }

    private static Process startChild() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Processes.class.getName(),
                        "child")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String ask(Process child, int limit) throws IOException {
        try (Writer work = child.outputWriter()) {
            work.write(limit + "\n");
        }
        int status = await(child.onExit()).exitValue();
        return child.inputReader().readLine() + ", counted by a process that ended with status " + status;
    }
}
