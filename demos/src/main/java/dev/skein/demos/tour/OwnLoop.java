package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.Loop;
import java.io.PrintStream;
import java.time.Duration;

/**
 * asyncio's {@code new_event_loop()}: a loop that is run step by step, {@code runUntilComplete} by
 * {@code runUntilComplete}, until it is closed.
 *
 * <p>Between two runs the loop stands still: what it has begun continues in the next run, and what is left at the end is
 * cancelled by {@code close}.
 */
final class OwnLoop {
    private OwnLoop() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        Loop loop = newEventLoop();
        try (loop) {
            int three = loop.runUntilComplete(() -> add(1, 2));
            out.println("first run: 1 + 2 = " + three);

            loop.runUntilComplete(() -> {
                createTask(() -> background(out));
                yieldNow();
            });
            out.println("between the runs: nothing runs");

            int seven = loop.runUntilComplete(() -> add(three, 4));
            out.println("third run: 3 + 4 = " + seven);
        }
        out.println("closed: " + loop.isClosed());
        try {
            loop.runUntilComplete(() -> add(7, 8));
        } catch (IllegalStateException e) {
            out.println("run once more: " + e.getMessage());
        }
    }

    private static int add(int a, int b) {
        sleep(Duration.ofMillis(50));
        return a + b;
    }

    private static void background(PrintStream out) {
        out.println("background: begun in the second run");
        try {
            sleep(Duration.ofMillis(20));
            out.println("background: resumed in the third run");
            sleep(Duration.ofHours(1));
        } finally {
            out.println("background: ended by close");
        }
    }
}
