package dev.skein.demos.tutorial;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import java.time.Duration;

/** A coroutine that waits. */
final class Hello {
    static void main() {
        run(Hello::greet);
    }

    static void greet() {
        System.out.println("hello");
        sleep(Duration.ofMillis(500));
        System.out.println("world");
    }
}
