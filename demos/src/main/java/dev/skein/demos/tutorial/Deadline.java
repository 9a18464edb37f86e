package dev.skein.demos.tutorial;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitFor;

import dev.skein.loop.TimeoutException;
import java.time.Duration;

/** A call that may take 100 ms, and no more. */
final class Deadline {
    static void main() {
        run(Deadline::askTwice);
    }

    static void askTwice() {
        System.out.println(waitFor(() -> ask(Duration.ofMillis(10)), Duration.ofMillis(100)));
        try {
            System.out.println(waitFor(() -> ask(Duration.ofSeconds(10)), Duration.ofMillis(100)));
        } catch (TimeoutException late) {
            System.out.println("no answer in time");
        }
    }

    static String ask(Duration time) {
        System.out.println("asking");
        try {
            sleep(time);
            return "an answer";
        } finally {
            System.out.println("hanging up");
        }
    }
}
