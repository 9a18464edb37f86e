package dev.skein.loop.tools;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The command {@code skein}, which shows what the loops of a running JVM do, and what each of their tasks waits for:
 * asyncio's {@code python -m asyncio ps} and {@code pstree}.
 *
 * {@snippet :
 * int status = Skein.run(System.out, System.err, "pstree", "4711");
 * assert status == 0;
 * }
 *
 * <p>As a program, {@code java -jar skein-loop.jar ps PID}. The other JVM must belong to the same user. It needs no
 * preparation.
 */
public final class Skein {
    private static final String USAGE = """
            usage: skein ps PID      the tasks of each loop in a JVM, a row for each
                   skein pstree PID  the same as trees: a task, where it stands, the tasks it awaits there
                   skein --help      this text
            PID is the process ID of a JVM (see jps) that your user runs. If a loop does not answer within 1 s,
            the output says what blocks it.
            Status: 0 done, 1 the JVM cannot be inspected or tasks await each other in a cycle (pstree), 2 wrong usage.
            """;

    private Skein() {}

    /** Runs the command, and ends the JVM with its status. */
    public static void main(String... args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = run(out, err, args);
        out.flush();
        System.exit(status);
    }

    /** Runs the command, and returns its status. */
    public static int run(PrintStream out, PrintStream err, String... args) {
        String command = args.length == 0 ? "" : args[0];
        return switch (command) {
            case "-h", "--help", "help" -> {
                out.print(USAGE);
                yield 0;
            }
            case "ps", "pstree" ->
                args.length == 2 ? show(out, err, command, args[1]) : usage(err, command + " takes one PID");
            case "" -> usage(err, "missing command");
            default -> usage(err, "unknown command: " + command);
        };
    }

    private static int usage(PrintStream err, String mistake) {
        err.println("skein: " + mistake);
        err.print(USAGE);
        return 2;
    }

    private static int show(PrintStream out, PrintStream err, String command, String pid) {
        if (!pid.matches("\\d{1,18}")) {
            return usage(err, "not a process ID: " + pid);
        }
        try {
            List<LoopSnapshot> loops = new Target(Long.parseLong(pid)).snapshot();
            boolean tree = command.equals("pstree");
            out.print(tree ? TaskTree.format(loops) : TaskTable.format(loops));
            return tree && !TaskCycles.of(loops).isEmpty() ? 1 : 0;
        } catch (Target.Refused refused) {
            err.println("skein: " + refused.getMessage());
            return 1;
        }
    }
}
