package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.gatherSettled;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose failure counts as looked at: a member's of what somebody awaits. Every other is reported, and none twice. */
class ObservedTest {
    private static Task<String> failing(int seconds, String message) {
        return createTask(
                () -> {
                    sleep(Duration.ofSeconds(seconds));
                    throw new IllegalStateException(message);
                },
                message);
    }

    private static List<String> reported(Action body) {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            body.run();
            sleep(Duration.ofSeconds(10));
        });
        loop.errors();
        loop.close();
        return loop.errors().stream()
                .map(error -> error.exception().orElseThrow().getMessage() + ": " + error.message())
                .toList();
    }

    private static String neverLookedAt(String message, String who) {
        return message + ": exception of " + who + " was never looked at: await it, or add a done callback";
    }

    @Test
    void allMembersOfAGatherThatIsAwaitedAreLookedAt() {
        assertThat(reported(() -> {
                    Future<?> all = gather(failing(1, "one"), failing(2, "two"), failing(5, "after it has failed"));
                    sleep(Duration.ofSeconds(3));
                    assertThatThrownBy(all::await).hasMessage("one");
                }))
                .isEmpty();
    }

    @Test
    void aGatherThatNobodyAwaitsHidesNoFailure() {
        assertThat(reported(() -> gather(failing(2, "two"), failing(1, "one"))))
                .containsExactlyInAnyOrder(
                        neverLookedAt("one", "Task 'one' in a gather"), neverLookedAt("two", "Task 'two'"));
    }

    @Test
    void neitherDoesAGatherThatSettles() {
        assertThat(reported(() -> gatherSettled(failing(1, "one"), failing(2, "two"))))
                .containsExactly(neverLookedAt("one", "Task 'one'"), neverLookedAt("two", "Task 'two'"));
        assertThat(reported(() ->
                        gatherSettled(failing(1, "one"), failing(2, "two")).await()))
                .isEmpty();
    }

    @Test
    void aGatherWithinAGatherThatIsAwaitedIsLookedAt() {
        assertThat(reported(() -> {
                    Future<?> inner = gather(failing(1, "one"), failing(3, "two"));
                    Future<?> outer = gather(List.of(inner, failing(2, "three")));
                    assertThatThrownBy(outer::await).hasMessage("one");
                }))
                .isEmpty();
        assertThat(reported(() -> gather(gather(failing(1, "one")))))
                .containsExactly(neverLookedAt("one", "Task 'one' in a gather in a gather"));
    }

    @Test
    void aDoneCallbackLooksAtTheMembersToo() {
        assertThat(reported(() -> gatherSettled(failing(1, "one")).addDoneCallback(done -> {})))
                .isEmpty();
    }

    @Test
    void whatWaitUntilGivesAsDoneIsLookedAtAndWhatFailsLaterIsNot() {
        assertThat(reported(() -> {
                    Task<String> before = failing(0, "before");
                    Task<String> one = failing(1, "one");
                    Task<String> two = failing(2, "two");
                    yieldNow();
                    yieldNow();
                    assertThat(before.isDone()).isTrue();
                    waitUntil(List.of(before), ReturnWhen.ALL_COMPLETED);
                    waitUntil(List.of(one, two), ReturnWhen.FIRST_COMPLETED);
                }))
                .containsExactly(neverLookedAt("two", "Task 'two'"));
    }

    @Test
    void membersOfAnAsCompletedAreLookedAtOnceSomebodyAsksForTheFirst() {
        assertThat(reported(() -> {
                    var all = asCompleted(failing(1, "one"), failing(2, "two"), failing(3, "three"));
                    sleep(Duration.ofMillis(2_500));
                    all.iterator().next();
                }))
                .isEmpty();
        assertThat(reported(() -> asCompleted(failing(1, "one")))).containsExactly(neverLookedAt("one", "Task 'one'"));
    }

    @Test
    void whatFailsAfterTheTimeOfAnAsCompletedIsNotLookedAt() {
        assertThat(reported(() -> {
                    var all = asCompleted(Duration.ofSeconds(2), failing(1, "one"), failing(3, "three"));
                    all.iterator().next();
                    assertThatThrownBy(all.iterator()::next).isInstanceOf(TimeoutException.class);
                }))
                .containsExactly(neverLookedAt("three", "Task 'three'"));
    }

    @Test
    void aShieldThatNobodyAwaitsHidesNoFailure() {
        assertThat(reported(() -> shield(failing(1, "one"))))
                .containsExactly(neverLookedAt("one", "shield of Task 'one'"));
        assertThat(reported(() ->
                        assertThatThrownBy(shield(failing(1, "one"))::await).hasMessage("one")))
                .isEmpty();
    }
}
