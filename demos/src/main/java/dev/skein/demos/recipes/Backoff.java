package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitFor;

import dev.skein.loop.Call;
import dev.skein.loop.TimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Tries again, later and later, and not at the same moment as all other clients. */
final class Backoff {
    private static final int MOST_TRIES = 8;
    private static final long FIRST_MS = 100;
    private static final long LONGEST_MS = 30_000;

    private Backoff() {}

    // region retry
    static <T> T retry(Call<T, IOException> attempt, RandomGenerator random) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return waitFor(attempt, Duration.ofSeconds(3));
            } catch (IOException | TimeoutException failure) {
                if (tries == MOST_TRIES) {
                    throw failure;
                }
            }
            long most = Math.min(FIRST_MS << tries, LONGEST_MS);
            sleep(Duration.ofMillis(random.nextLong(most))); // full jitter
        }
    }
    // endregion
}
