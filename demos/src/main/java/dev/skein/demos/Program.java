package dev.skein.demos;

import static java.util.Objects.requireNonNull;

import dev.skein.loop.CancelledError;
import io.netty.util.NetUtil;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import picocli.CommandLine;

/** How the programs here begin and end: options, one clear line for a failure, a status for the shell. */
final class Program {
    /** The status of a program that Ctrl-C has ended. */
    static final int INTERRUPTED = 130;

    private Program() {}

    static void main(Runnable program, String[] args) {
        System.exit(execute(commandLine(program), args));
    }

    static CommandLine commandLine(Runnable program) {
        return new CommandLine(program)
                .setExecutionExceptionHandler((failure, command, parsed) -> tell(failure, command));
    }

    /** Runs it to its end, and gives the status: 0, 1 for what went wrong, 2 for a mistake in the options, 130. */
    static int execute(CommandLine commandLine, String... args) {
        try {
            return commandLine.execute(args);
        } catch (CancelledError interrupted) {
            // Ctrl-C cancelled main, which has ended; the JVM is ending as well.
            return INTERRUPTED;
        }
    }

    private static int tell(Exception failure, CommandLine command) throws Exception {
        String what = switch (failure) {
            case UncheckedIOException io -> requireNonNull(io.getCause()).getMessage();
            case IllegalArgumentException mistake -> mistake.getMessage();
            default -> throw failure;
        };
        command.getErr().println(command.getCommandName() + ": " + what);
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** As people write it: {@code 127.0.0.1:7007}, {@code [::1]:7007}. */
    static String describe(SocketAddress address) {
        return NetUtil.toSocketAddressString((InetSocketAddress) address);
    }
}
