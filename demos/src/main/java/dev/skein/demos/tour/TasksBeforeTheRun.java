package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.newEventLoop;

import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * asyncio's old style, {@code loop.create_task} and {@code loop.run_until_complete(task)}: the tasks of
 * {@link SleepByNumbers}, made before their loop runs. Its Python original lies beside its test, with what CPython prints.
 *
 * <p>What is made before the first run, or between two, begins with the next run. Only the thread that made the loop may.
 */
final class TasksBeforeTheRun {
    private TasksBeforeTheRun() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        show(newEventLoop(), out, Duration.ofSeconds(1));
    }

    static void show(Loop made, PrintStream out, Duration unit) {
        SleepByNumbers tasks = new SleepByNumbers(out, unit);
        try (Loop loop = made) {
            Task<String> t1 = loop.createTask(() -> tasks.sleepBy("t1", List.of(3, 2, 1)));
            Task<String> t2 = loop.createTask(() -> tasks.sleepBy("t2", List.of(10, 5, 0)));
            t1.addDoneCallback(done -> out.println("told: " + done.result()));
            out.println("both are created, none has begun");
            out.println("t1 is done: " + loop.runUntilComplete(t1));
            out.println("between the runs: t1 is " + state(t1) + ", t2 is " + state(t2));
            loop.callSoon(() -> out.println("called between the runs"));
            out.println("t2 is done: " + loop.runUntilComplete(t2));
        }
    }

    private static String state(Task<?> task) {
        return task.isDone() ? "done" : "pending";
    }
}
