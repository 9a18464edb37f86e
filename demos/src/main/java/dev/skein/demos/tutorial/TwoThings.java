package dev.skein.demos.tutorial;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import dev.skein.loop.Task;
import java.time.Duration;

/** Two coroutines on one thread, and their results in the order in which they come. */
final class TwoThings {
    static void main() {
        run(TwoThings::breakfast);
    }

    static void breakfast() {
        Task<String> tea = createTask(() -> make("tea", Duration.ofMillis(400)));
        Task<String> toast = createTask(() -> make("toast", Duration.ofMillis(200)));
        System.out.println("both are created, none has begun");
        for (var done : asCompleted(tea, toast)) {
            System.out.println(done.result() + " is ready");
        }
    }

    static String make(String what, Duration time) {
        System.out.println("making " + what);
        sleep(time);
        return what;
    }
}
