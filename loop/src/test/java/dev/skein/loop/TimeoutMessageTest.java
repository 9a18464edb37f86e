package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.timeout;
import static dev.skein.loop.Asyncio.waitFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.sync.Queue;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a timeout says of that for which its time ran out. */
class TimeoutMessageTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofHours(1);

    private static String messageOf(Action body) {
        AtomicReference<String> message = new AtomicReference<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                try {
                    body.run();
                } catch (TimeoutException timedOut) {
                    message.set(Objects.requireNonNull(timedOut.getMessage()));
                }
            });
        }
        return message.get();
    }

    @Test
    void itNamesTheCallThatWasWaitedIn() {
        assertThat(messageOf(() -> waitFor(() -> new Queue<String>().get(), SHORT)))
                .isEqualTo("timed out after 50 ms, waiting on Queue.get");
        assertThat(messageOf(() -> timeout(SHORT, t -> {
                    sleep(LONG);
                })))
                .isEqualTo("timed out after 50 ms, waiting on Asyncio.sleep");
        assertThat(messageOf(() -> waitFor(gather(() -> sleep(LONG)), SHORT)))
                .isEqualTo("timed out after 50 ms, waiting on gather");
    }

    @Test
    void ofTasksThatWaitForTasksItNamesThree() {
        assertThat(messageOf(() -> waitFor(createTask(() -> new Queue<String>().get(), "reader"), SHORT)))
                .isEqualTo("timed out after 50 ms, waiting on Task 'reader', which is waiting on Queue.get");
        assertThat(messageOf(() -> {
                    Task<?> task = createTask(() -> sleep(LONG), "t0");
                    for (int i = 1; i < 10; i++) {
                        task = createTask(task::await, "t" + i);
                    }
                    waitFor(task, SHORT);
                }))
                .isEqualTo(
                        "timed out after 50 ms, waiting on Task 't9', which is waiting on Task 't8', which is waiting on"
                                + " Task 't7'");
    }

    @Test
    void aBodyThatCouldGoOnWaitedForNothing() {
        assertThat(messageOf(() -> {
                    Future<String> future = Loop.current().createFuture();
                    Loop.current().callLater(SHORT, () -> future.setResult("in the round of the deadline"));
                    waitFor(future, SHORT);
                }))
                .isEqualTo("timed out after 50 ms");
    }

    @Test
    void aBodyThatIsStoppedInTheJdkIsSaidToBe() {
        RuntimeMode.assumeBlockingStopsOneCoroutine();
        run(() -> assertThatThrownBy(() -> timeout(SHORT, t -> {
                    Thread.sleep(LONG);
                }))
                .hasMessage("timed out after 50 ms, blocked in the JDK"));
    }

    @Test
    void asCompletedNamesThreeOfThoseThatAreNotDone() {
        assertThat(messageOf(() -> {
                    List<Task<String>> tasks = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        Duration length = Duration.ofMillis(i * 20L);
                        tasks.add(createTask(
                                () -> {
                                    sleep(length);
                                    return "slept";
                                },
                                "t" + i));
                    }
                    for (Future<String> done : asCompleted(Duration.ofMillis(10), tasks)) {
                        assertThat(done.result()).isEqualTo("slept");
                    }
                }))
                .isEqualTo("asCompleted: 4 not done within 10 ms: Task 't1', Task 't2', Task 't3' and 1 more");
    }
}
