package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static java.util.Objects.requireNonNull;

import dev.skein.loop.Awaitable;
import dev.skein.loop.Task;
import java.io.PrintStream;
import java.time.Duration;

/**
 * A coroutine that awaits another, in the three forms there are: a call, a lambda that is awaited, a task that is awaited.
 *
 * <p>What asyncio declares {@code async def} is a plain method here, so the usual form is the call. A lambda is a coroutine
 * that has not begun; a task is one that runs beside its creator.
 */
final class AwaitAnother {
    private final PrintStream out;

    AwaitAnother(PrintStream out) {
        this.out = out;
    }

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(new AwaitAnother(out)::inThreeForms);
    }

    void inThreeForms() {
        requireNonNull(currentTask()).setName("main");

        out.println("called: " + priceOf("apples"));

        Awaitable<Integer> notBegun = () -> priceOf("pears");
        out.println("a lambda: nothing has begun");
        out.println("awaited: " + await(notBegun));

        Task<Integer> beside = createTask(() -> priceOf("plums"), "beside");
        out.println("a task: it begins when main awaits");
        out.println("awaited: " + beside.await());
    }

    private int priceOf(String fruit) {
        out.println("  " + fruit + " in task " + requireNonNull(currentTask()).name());
        sleep(Duration.ofSeconds(1));
        return fruit.length();
    }
}
