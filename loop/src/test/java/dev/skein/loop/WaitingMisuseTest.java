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
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What cannot be waited for is refused with what it is, before any of the others starts. */
class WaitingMisuseTest {
    private final Trail trail = new Trail();

    @Test
    @PortOf("test_tasks.issue46672")
    @SuppressWarnings("NullAway") // the mistake that is tested
    void nullIsRefusedAndNoneOfTheOthersStarts() {
        Awaitable<String> lambda = () -> {
            trail.add("started");
            return "x";
        };
        Collection<Awaitable<String>> withNull = Arrays.asList(lambda, null, lambda);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertNull(() -> gather(withNull), "gather: element 1 is null");
                assertNull(() -> gather(lambda, lambda, null), "gather: element 2 is null");
                assertNull(() -> gatherSettled(withNull), "gatherSettled: element 1 is null");
                assertNull(() -> asCompleted(withNull), "asCompleted: element 1 is null");
                assertNull(() -> asCompleted(Duration.ZERO, withNull), "asCompleted: element 1 is null");
                assertNull(() -> shield((Awaitable<String>) null), "awaitable");
                List<Future<String>> futures = new ArrayList<>();
                futures.add(null);
                assertNull(() -> waitUntil(futures, ReturnWhen.ALL_COMPLETED), "waitUntil: element 0 is null");
                sleep(Duration.ofSeconds(1));
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake that is tested
    void nullForAnythingElseIsRefusedToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<Future<String>> one = List.of(loop.createFuture());
                assertNull(() -> waitUntil(one, null), "when");
                assertNull(() -> waitUntil(one, ReturnWhen.ALL_COMPLETED, null), "timeout");
                assertNull(() -> asCompleted((Duration) null, one), "timeout");
                assertNull(() -> one.getFirst().setException(null), "failure");
                assertNull(() -> one.getFirst().addDoneCallback(null), "callback");
                assertThat(one.getFirst()).hasToString("Future[pending]");
            });
        }
    }

    private static void assertNull(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(message);
    }

    @Test
    @PortOf("test_tasks.wait_errors")
    @PortOf("test_tasks.wait_invalid_args")
    void waitingForNothingIsRefused() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Set<Future<String>> none = Set.of();
                for (ReturnWhen when : ReturnWhen.values()) {
                    assertThatThrownBy(() -> waitUntil(none, when))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage("waitUntil: the collection of futures is empty");
                    assertThatThrownBy(() -> waitUntil(none, when, Duration.ofSeconds(1)))
                            .isInstanceOf(IllegalArgumentException.class);
                }
            });
        }
    }

    @Test
    void aFutureOfAnotherLoopIsRefusedBeforeTheOthersStart() {
        try (TestLoop other = new TestLoop();
                TestLoop loop = new TestLoop()) {
            Future<String> foreign = other.run(() -> other.createFuture("Queue.get"));
            Awaitable<String> lambda = () -> {
                trail.add("started");
                return "x";
            };
            loop.run(() -> {
                Future<String> own = loop.createFuture();
                assertForeign(() -> gather(lambda, own, foreign), "gather: ");
                assertForeign(() -> gatherSettled(lambda, foreign), "gatherSettled: ");
                assertForeign(() -> asCompleted(lambda, foreign), "asCompleted: ");
                assertForeign(() -> waitUntil(List.of(own, foreign), ReturnWhen.ALL_COMPLETED), "waitUntil: ");
                assertForeign(() -> shield(foreign), "shield: ");
                assertThat(own).hasToString("Future[pending]");
                yieldNow();
            });
        }
        assertThat(trail.entries()).isEmpty();
    }

    private static void assertForeign(ThrowingCallable call, String prefix) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(prefix + "Queue.get[pending] belongs to another loop: use runCoroutineThreadsafe to cross");
    }

    @Test
    void waitUntilIsRefusedOutsideACoroutine() {
        String text = "waitUntil() outside a coroutine: start one with run(...) or createTask(...), and call it there";
        assertThatThrownBy(() -> waitUntil(List.<Future<String>>of(), ReturnWhen.ALL_COMPLETED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(text);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> one = loop.createFuture();
                loop.callSoon(() -> trail.add(catchThrowable(() -> waitUntil(List.of(one), ReturnWhen.ALL_COMPLETED))));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("java.lang.IllegalStateException: " + text);
    }

    @Test
    void theNextOfAnAsCompletedIsRefusedOutsideACoroutineAndNotLost() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                var all = asCompleted(() -> "x").iterator();
                loop.callSoon(() -> trail.add(catchThrowable(all::next)));
                yieldNow();
                assertThat(all.next().result()).isEqualTo("x");
            });
        }
        assertThat(trail.entries())
                .containsExactly("java.lang.IllegalStateException: await() outside a coroutine: start one with run(...)"
                        + " or createTask(...), and call it there");
    }

    @Test
    void aCompletedShieldOrGatherKeepsItsResult() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> inner = createTask(() -> "inner");
                Future<String> outer = shield(inner);
                Future<List<String>> all = gather(inner);
                outer.setResult("mine");
                all.setResult(List.of("mine"));
                loop.settle();
                assertThat(inner.result()).isEqualTo("inner");
                assertThat(outer.result()).isEqualTo("mine");
                assertThat(all.result()).containsExactly("mine");
                assertThatThrownBy(() -> outer.setResult("again"))
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessage("already done: Shield[result=mine, of " + inner.toName() + "]");
                assertThatThrownBy(() -> all.setResult(List.of()))
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessage("already done: Gather[result=[mine], children=1]");
            });
        }
    }
}
