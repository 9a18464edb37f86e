package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A program in {@code run} that is told to end from outside: main is cancelled, and the JVM waits for it. */
@Execution(ExecutionMode.CONCURRENT)
class SignalTest {
    /** Sleeps until it is told to end, and cleans up, which takes a while. */
    static final class SleepsForEver {
        public static void main(String[] args) {
            run(SignalTest::sleepForEver, SignalTest::waitingForEverAtItsEnd);
        }
    }

    private static void sleepForEver() {
        try {
            System.out.println("sleeps");
            sleep(Duration.ofDays(1));
        } finally {
            sleep(Duration.ofMillis(10));
            System.out.println("is clean");
        }
    }

    /** A JVM that ends before the limit of {@link ChildJvm} has waited for what ends, and for nothing else. */
    private static LoopOptions waitingForEverAtItsEnd(LoopOptions options) {
        return options.withCloseTimeout(Duration.ofDays(1));
    }

    @Test
    void ctrlCEndsMainAndGivesStatus130() throws Exception {
        assertEndedBy("INT", 130);
    }

    @Test
    void sigtermEndsMainAndGivesStatus143() throws Exception {
        assertEndedBy("TERM", 143);
    }

    private static void assertEndedBy(String signal, int status) throws Exception {
        ChildJvm.Running child = ChildJvm.of(SleepsForEver.class).start();
        child.awaitLine("sleeps");
        child.signal(signal);
        ChildJvm.Ended end = child.await();

        assertThat(end.status()).as(end.toString()).isEqualTo(status);
        assertThat(end.out()).containsExactly("sleeps", "is clean");
    }

    /** A coroutine beside main asks the JVM to end; main cleans up, which takes a while. */
    static final class ExitsInside {
        public static void main(String[] args) {
            run(
                    () -> {
                        createTask(() -> System.exit(7));
                        sleepForEver();
                    },
                    SignalTest::waitingForEverAtItsEnd);
        }
    }

    @Test
    void anExitInsideACoroutineDoesNotWaitForThatCoroutine() {
        ChildJvm.Ended end = ChildJvm.of(ExitsInside.class).run();

        assertThat(end.status()).as(end.toString()).isEqualTo(7);
        assertThat(end.out()).isEqualTo(RuntimeMode.isMounted() ? List.of("sleeps", "is clean") : List.of("sleeps"));
    }
}
