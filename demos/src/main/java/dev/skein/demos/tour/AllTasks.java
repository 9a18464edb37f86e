package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.allTasks;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.skein.loop.Task;
import java.io.PrintStream;
import java.time.Duration;

/** asyncio's {@code all_tasks} and {@code current_task}: the tasks that are not done, and the one that asks. */
final class AllTasks {
    private AllTasks() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(() -> watchTasks(out));
    }

    static void watchTasks(PrintStream out) {
        requireNonNull(currentTask()).setName("main");
        createTask(() -> sleep(Duration.ofSeconds(1)), "one second");
        createTask(() -> sleep(Duration.ofSeconds(3)), "three seconds");
        out.println("at the start: " + names());
        sleep(Duration.ofSeconds(2));
        out.println("after two seconds: " + names());
        sleep(Duration.ofSeconds(2));
        out.println("after four seconds: " + names());
    }

    private static String names() {
        return allTasks().stream().map(Task::name).collect(joining(", "));
    }
}
