package dev.skein.perf.cli;

import picocli.CommandLine.Model.CommandSpec;

/** The class whose {@code main} this program and its child processes start with. */
final class MainClass {
    private MainClass() {}

    /** That of the command at the root. Commands do not name it, since it names them. */
    static Class<?> of(CommandSpec command) {
        return command.root().userObject().getClass();
    }
}
