package dev.skein.demos.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Ten tries and half a minute, in a millisecond. */
class VisitorTest {
    private int tries;

    @Test
    void thePausesDoubleUpToFiveSeconds() {
        try (TestLoop loop = new TestLoop()) {
            String answer = loop.run(() -> Visitor.retry(this::succeedAtTheTenth));

            assertThat(answer).isEqualTo("hello");
            assertThat(tries).isEqualTo(10);
            // 100 + 200 + 400 + 800 + 1,600 + 3,200 ms, and three times 5 s.
            assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(21_300));
        }
    }

    private String succeedAtTheTenth() throws IOException {
        tries++;
        if (tries < 10) {
            throw new IOException("try " + tries + " failed");
        }
        return "hello";
    }
}
