package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import dev.skein.loop.Task;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * asyncio's {@code create_task} and {@code async for ... in as_completed(...)}: two tasks that sleep by each number of a
 * list, met in the order in which they end. Its Python original lies beside its test, with what CPython prints.
 */
final class SleepByNumbers {
    private final PrintStream out;
    private final Duration unit;

    /** Prints to {@code out}, and sleeps {@code unit} for each one of a number. */
    SleepByNumbers(PrintStream out, Duration unit) {
        this.out = out;
        this.unit = unit;
    }

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(new SleepByNumbers(out, Duration.ofSeconds(1))::inTwoTasks);
    }

    void inTwoTasks() {
        Task<String> t1 = createTask(() -> sleepBy("t1", List.of(3, 2, 1)));
        Task<String> t2 = createTask(() -> sleepBy("t2", List.of(10, 5, 0)));
        out.println("main: both are created, none has begun");
        for (var done : asCompleted(t1, t2)) {
            out.println("main: " + (done == t1 ? "t1" : "t2") + " is done: " + done.result());
        }
        out.println("main: all are done");
    }

    String sleepBy(String name, List<Integer> numbers) {
        int sum = 0;
        for (int number : numbers) {
            out.println(name + ": sleeps " + number);
            sleep(unit.multipliedBy(number));
            out.println(name + ": slept " + number);
            sum += number;
        }
        return name + " slept " + sum + " in all";
    }
}
