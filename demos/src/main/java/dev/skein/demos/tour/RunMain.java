package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import java.io.PrintStream;
import java.time.Duration;

/**
 * asyncio's {@code run(main())}: a loop is made, {@code main} runs in it as the first coroutine, the loop is closed.
 *
 * <p>The calling thread waits meanwhile, and gets main's result, or what main throws.
 */
final class RunMain {
    private RunMain() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        String result = run(() -> greet(out));
        out.println("run gives: " + result);
        try {
            run(RunMain::fail);
        } catch (IllegalArgumentException e) {
            out.println("run throws: " + e.getMessage());
        }
    }

    private static String greet(PrintStream out) {
        out.println("hello");
        sleep(Duration.ofMillis(100));
        out.println("world, after a sleep");
        return "the result of main";
    }

    private static void fail() {
        throw new IllegalArgumentException("what main throws");
    }
}
