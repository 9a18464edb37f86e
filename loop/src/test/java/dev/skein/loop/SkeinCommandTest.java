package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.tools.Skein;
import dev.skein.testsupport.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The command {@code skein}, on JVMs that hang. */
@Execution(ExecutionMode.CONCURRENT)
@Order(2) // long, and mostly in JVMs of its own
class SkeinCommandTest {
    /** What the command has left. */
    private record Outcome(int status, String out, String err) {
        static Outcome of(String... args) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int status = Skein.run(to(out), to(err), args);
            return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }

        private static PrintStream to(ByteArrayOutputStream bytes) {
            return new PrintStream(bytes, true, StandardCharsets.UTF_8);
        }

        /** What it gives when the loop that is not held has answered, which it may do late on a busy machine. */
        static Outcome ofAnswering(String... args) {
            Outcome[] last = {of(args)};
            Await.until("the loop that is not held answers", () -> {
                if (!last[0].out.contains("taker-1")) {
                    last[0] = of(args);
                }
                return last[0].out.contains("taker-1");
            });
            return last[0];
        }

        /** Its lines, with any number instead of those that vary. */
        List<String> lines() {
            return out.lines()
                    .map(line -> line.replaceAll("\\.java:\\d+", ".java").replaceAll(" +", " "))
                    .toList();
        }
    }

    @Test
    void showsWhatEachTaskOfARunningJvmWaitsFor() throws Exception {
        ChildJvm.Running child = ChildJvm.of(Hanging.Program.class).start();
        try {
            child.awaitLine("hangs");
            String pid = Long.toString(child.pid());

            Outcome table = Outcome.ofAnswering("ps", pid);
            assertThat(table.err()).isEmpty();
            assertThat(table.status()).isZero();
            assertThat(table.lines().getFirst()).isEqualTo("LOOP ID TASK STATE STACK AWAITED AT AWAITED BY AWAITER ID");
            assertThat(table.lines())
                    .anyMatch(line -> line.matches(
                            "skein-loop-2 \\d+ Task-\\d+ waiting on gather" + " Hanging.Program.waitForEver"))
                    .anyMatch(line -> line.matches("skein-loop-2 \\d+ one waiting on Task 'two'"
                            + " Hanging.Program.awaitsThe -> Hanging.Program.waitForEver"
                            + " Hanging.Program.awaitsThe -> Hanging.Program.waitForEver two \\d+"))
                    .anyMatch(line -> line.matches("skein-loop-2 \\d+ taker-1 waiting on Queue.get"
                            + " .*Queue.get -> Hanging.Program.takes -> Hanging.Program.waitForEver"
                            + " gather -> Hanging.Program.waitForEver Task-\\d+ \\d+"))
                    .contains("skein-loop-1 does not answer: a callback or handler blocks its thread at")
                    .contains(" Hanging.Program.holdTheThread Hanging.java");

            Outcome trees = Outcome.ofAnswering("pstree", pid);
            assertThat(trees.err()).isEmpty();
            assertThat(trees.status()).as("tasks await each other").isEqualTo(1);
            assertThat(trees.out().replaceAll("\\.java:\\d+", ".java").replaceAll("Task-\\d+", "Task-N"))
                    .startsWith("""
                            cycle: two -> one -> two
                            └── (T) Task-N [waiting on gather]
                                └── Hanging.Program.waitForEver Hanging.java
                                    └── gather
                                        ├── (T) taker-1 [waiting on Queue.get]
                                        │   └── Hanging.Program.waitForEver Hanging.java
                                        │       └── Hanging.Program.takes Hanging.java
                                        │           └── Queue.get Queue.java
                                        │               └── Queue.awaitTurn Queue.java
                                        └── (T) taker-2 [waiting on Queue.get]
                                            └── Hanging.Program.waitForEver Hanging.java
                                                └── Hanging.Program.takes Hanging.java
                                                    └── Queue.get Queue.java
                                                        └── Queue.awaitTurn Queue.java
                            skein-loop-1 does not answer: a callback or handler blocks its thread at
                            """);
        } finally {
            child.signal("KILL");
            child.await();
        }
    }

    @Test
    void findsLoopsInAnApplicationsOwnClassLoader() throws Exception {
        ChildJvm.Running child = ChildJvm.of(Hanging.InItsOwnLoader.class).start();
        try {
            child.awaitLine("hangs");

            Outcome table = Outcome.ofAnswering("ps", Long.toString(child.pid()));
            assertThat(table.err()).isEmpty();
            assertThat(table.out()).contains("taker-1");
        } finally {
            child.signal("KILL");
            child.await();
        }
    }

    @Test
    void aJvmWithoutSkeinIsSaid() throws Exception {
        Process server = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-m",
                        "jdk.httpserver",
                        "-p",
                        "0")
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(server.inputReader().readLine()).contains("loopback");
            String pid = Long.toString(server.pid());
            assertThat(Outcome.of("ps", pid))
                    .isEqualTo(new Outcome(
                            1,
                            "",
                            "skein: process " + pid + " has no Skein on its class path, or none that runs a loop\n"));
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aProcessThatIsNoJvmIsLeftAlone() throws IOException, InterruptedException {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        try {
            Outcome outcome = Outcome.of("ps", Long.toString(sleep.pid()));
            assertThat(outcome).isEqualTo(new Outcome(1, "", "skein: process " + sleep.pid() + " is not a JVM\n"));
            assertThat(sleep.isAlive()).isTrue();
        } finally {
            sleep.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessThatIsNotThereIsSaid() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-version").start();
        ended.waitFor();
        assertThat(Outcome.of("pstree", Long.toString(ended.pid())))
                .isEqualTo(new Outcome(1, "", "skein: no such process: " + ended.pid() + "\n"));
    }

    @Test
    void theCommandRefusesItsOwnProcess() {
        long me = ProcessHandle.current().pid();
        assertThat(Outcome.of("ps", Long.toString(me)).err())
                .isEqualTo("skein: process " + me + " is this command itself\n");
    }

    @Test
    void wrongUsageIsSaidWithHowToUseIt() {
        assertThat(Outcome.of().err()).startsWith("skein: missing command\nusage: skein ps PID ");
        assertThat(Outcome.of("top", "1").err()).startsWith("skein: unknown command: top\nusage: ");
        assertThat(Outcome.of("ps").err()).startsWith("skein: ps takes one PID\nusage: ");
        assertThat(Outcome.of("ps", "-5").err()).startsWith("skein: not a process ID: -5\nusage: ");
        assertThat(Outcome.of("ps", "-5").status()).isEqualTo(2);
    }

    @Test
    void helpIsPrintedWhereItIsAskedFor() {
        Outcome help = Outcome.of("--help");
        assertThat(help.status()).isZero();
        assertThat(help.out()).startsWith("usage: skein ps PID ");
        assertThat(help.err()).isEmpty();
    }
}
