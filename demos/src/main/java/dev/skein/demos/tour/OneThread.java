package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import dev.skein.loop.Awaitable;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three jobs as coroutines on one thread: for work that waits in an await, such as sockets and timers, and for very many
 * jobs, since a waiting coroutine costs less than a kilobyte.
 *
 * <p>All are under way at once, one runs at a time, and none is interrupted between two awaits. So what they share needs
 * no lock.
 */
final class OneThread {
    private final PrintStream out;

    // Plain fields: one thread touches them.
    private int underWay;
    private int mostUnderWay;
    private int running;
    private int mostRunning;

    OneThread(PrintStream out) {
        this.out = out;
    }

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(new OneThread(out)::takeTurns);
    }

    void takeTurns() {
        List<Awaitable<String>> jobs = new ArrayList<>();
        for (int limit : Primes.LIMITS) {
            jobs.add(() -> ask(limit));
        }
        for (String answer : await(gather(jobs))) {
            out.println(answer);
        }
        out.println(mostUnderWay + " jobs at once, " + mostRunning + " running at a time");
    }

    /** Stands for a slow service with an interface that suspends. */
    private String ask(int limit) {
        underWay++;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        sleep(Duration.ofMillis(limit / 1_000));
        running++;
        mostRunning = Math.max(mostRunning, running);
        String answer = Primes.below(limit) + " primes below " + limit + ", awaited in a coroutine";
        running--;
        underWay--;
        return answer;
    }
}
