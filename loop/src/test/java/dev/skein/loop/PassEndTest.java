package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When what was put off to the end of a pass is done. */
class PassEndTest {
    private static final int MANY = 8;

    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();

    @AfterEach
    void closeTheLoop() {
        loop.close();
    }

    /** So many callbacks of one round, each of which puts something off. */
    private List<String> trailOf(int callbacks) {
        loop.run(() -> {
            for (int i = 0; i < callbacks; i++) {
                int number = i;
                loop.callSoon(() -> {
                    trail.add("step " + number);
                    loop.loop().callAtPassEnd(() -> trail.add("end " + number));
                });
            }
            while (trail.entries().size() < 2 * callbacks) {
                Asyncio.yieldNow();
            }
        });
        return trail.entries();
    }

    private static List<String> numbered(String what, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> what + " " + i).toList();
    }

    @Test
    void aFewActionsAreDoneBehindAllThatIsReady() {
        List<String> trail = trailOf(MANY - 1);
        assertThat(trail.subList(0, MANY - 1)).isEqualTo(numbered("step", 0, MANY - 1));
        assertThat(trail.subList(MANY - 1, trail.size())).isEqualTo(numbered("end", 0, MANY - 1));
    }

    @Test
    void manyActionsAreDoneBetweenTheStepsInTheirOrder() {
        List<String> trail = trailOf(2 * MANY);
        assertThat(trail.subList(0, MANY)).isEqualTo(numbered("step", 0, MANY));
        assertThat(trail.subList(MANY, 2 * MANY)).isEqualTo(numbered("end", 0, MANY));
        assertThat(trail.subList(2 * MANY, 3 * MANY)).isEqualTo(numbered("step", MANY, 2 * MANY));
        assertThat(trail.subList(3 * MANY, 4 * MANY)).isEqualTo(numbered("end", MANY, 2 * MANY));
    }

    @Test
    @SuppressWarnings("Interruption") // of itself
    void anActionLeavesNothingForTheNext() {
        List<Object> seen = new ArrayList<>();
        ClassLoader usual = Thread.currentThread().getContextClassLoader();
        loop.run(() -> {
            loop.loop().callAtPassEnd(() -> {
                Thread.currentThread().interrupt();
                Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
            });
            loop.loop().callAtPassEnd(() -> {
                seen.add(Thread.currentThread().isInterrupted());
                seen.add(Thread.currentThread().getContextClassLoader());
            });
            Asyncio.sleep(Duration.ofSeconds(1));
        });
        assertThat(seen).containsExactly(false, usual);
    }
}
