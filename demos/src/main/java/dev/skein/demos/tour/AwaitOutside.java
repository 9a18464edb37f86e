package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import java.io.PrintStream;
import java.time.Duration;

/**
 * An await outside a coroutine, and what it says. Where Python's compiler finds a SyntaxError, Java's cannot see the
 * difference, and the call throws IllegalStateException.
 */
final class AwaitOutside {
    private AwaitOutside() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        tell(out, "await", () -> await(() -> "a result"));
        tell(out, "sleep", () -> sleep(Duration.ofSeconds(1)));
        tell(out, "createTask", () -> createTask(() -> "a result"));
        run(() -> tell(out, "run in a coroutine", () -> run(() -> "a result")));
    }

    private static void tell(PrintStream out, String what, Runnable mistake) {
        try {
            mistake.run();
        } catch (IllegalStateException e) {
            out.println(what + ": " + e.getMessage());
        }
    }
}
