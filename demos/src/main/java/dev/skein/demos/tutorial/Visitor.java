package dev.skein.demos.tutorial;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.net.Streams.openConnection;

import dev.skein.loop.Call;
import dev.skein.loop.TimeoutException;
import dev.skein.net.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;

/** A client that comes back until it has its answer. */
final class Visitor {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    static void main() {
        System.out.println(run(() -> retry(() -> visit("127.0.0.1", 7010, "Ann"))));
    }

    static String visit(String host, int port, String name) throws IOException {
        try (Connection greeter = openConnection(host, port)) {
            greeter.writer().writeLine(name);
            String answer = greeter.reader().readLine();
            if (answer == null) {
                throw new EOFException("the greeter hung up");
            }
            return answer;
        }
    }

    /** Tries until an attempt succeeds: each may take 3 s, and the pause between two doubles, up to 5 s. */
    static <T> T retry(Call<T, IOException> attempt) {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return waitFor(attempt, Duration.ofSeconds(3));
            } catch (IOException | TimeoutException failure) {
                System.out.println(failure.getMessage() + "; next try in " + pause.toMillis() + " ms");
            }
            sleep(pause);
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
