package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.await;
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
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Whose failure counts as looked at: what somebody awaits or asks, and its members. Every other is reported, also if
 * somebody was told that it is done, and none twice.
 */
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
        return message + ": exception of " + who + " was never retrieved: await it, or ask for its result or exception";
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
    void aDoneCallbackThatAsksForTheResultLooksAtTheMembersToo() {
        assertThat(reported(() -> gatherSettled(failing(1, "one")).addDoneCallback(Future::result)))
                .isEmpty();
        assertThat(reported(() -> gatherSettled(failing(1, "one")).addDoneCallback(done -> {})))
                .containsExactly(neverLookedAt("one", "Task 'one'"));
    }

    /** asyncio's documented way to keep background tasks: its callback is told of the failure, and asks for nothing. */
    @Test
    void aSetThatForgetsDoneTasksHidesNoFailure() {
        Set<Future<?>> background = new HashSet<>();
        assertThat(reported(() -> {
                    Task<String> task = failing(1, "one");
                    background.add(task);
                    task.addDoneCallback(background::remove);
                }))
                .containsExactly(neverLookedAt("one", "Task 'one'"));
        assertThat(background).isEmpty();
    }

    @Test
    void aCallbackThatAsksForTheExceptionHasLooked() {
        assertThat(reported(() -> failing(1, "one").addDoneCallback(Future::exception)))
                .isEmpty();
    }

    @Test
    void aDoneFutureOfWaitUntilIsNotRetrievedUntilAsked() {
        assertThat(reported(() -> {
                    Task<String> one = failing(1, "one");
                    Task<String> two = failing(2, "two");
                    waitUntil(List.of(one, two), ReturnWhen.ALL_COMPLETED);
                    assertThat(two.exception()).hasMessage("two");
                }))
                .containsExactly(neverLookedAt("one", "Task 'one'"));
    }

    @Test
    void aFailureInTheRoundThatCancelsItsWaitUntilIsReported() {
        assertThat(reported(() -> {
                    Future<String> future = Loop.current().createFuture();
                    Task<?> waits = createTask(() -> waitUntil(List.of(future), ReturnWhen.ALL_COMPLETED));
                    yieldNow();
                    future.setException(new IllegalStateException("one"));
                    waits.cancel();
                }))
                .containsExactly(neverLookedAt("one", "Future"));
    }

    @Test
    void aFailureInTheRoundThatCancelsItsAwaiterIsReported() {
        assertThat(reported(() -> {
                    Future<String> future = Loop.current().createFuture();
                    Task<?> waits = createTask(() -> future.await());
                    yieldNow();
                    future.setException(new IllegalStateException("one"));
                    waits.cancel();
                }))
                .containsExactly(neverLookedAt("one", "Future"));
    }

    /** An await of it leaves nothing of ours that could be asked; who has the operation can ask that. */
    @Test
    void unlessItIsTheOperationOfAStranger() {
        assertThat(reported(() -> {
                    CompletableFuture<String> stage = new CompletableFuture<>();
                    Promise<String> promise = ImmediateEventExecutor.INSTANCE.newPromise();
                    Task<?> waits = createTask(() -> await(stage));
                    Task<?> waitsToo = createTask(() -> await(promise));
                    yieldNow();
                    stage.completeExceptionally(new IllegalStateException("of the JDK's"));
                    promise.setFailure(new IllegalStateException("of Netty's"));
                    waits.cancel();
                    waitsToo.cancel();
                    yieldNow();
                    assertThat(waits.isCancelled()).isTrue();
                    assertThat(waitsToo.isCancelled()).isTrue();
                }))
                .isEmpty();
    }

    @Test
    void unlessAnotherHasLooked() {
        assertThat(reported(() -> {
                    Future<String> future = Loop.current().createFuture();
                    Task<?> looks = createTask(() -> assertThatThrownBy(future::await));
                    Task<?> waits = createTask(() -> future.await());
                    yieldNow();
                    future.setException(new IllegalStateException("one"));
                    waits.cancel();
                    looks.await();
                    assertThat(waits.isCancelled()).isTrue();
                }))
                .isEmpty();
    }

    @Test
    void orAGatherThatIsAwaited() {
        assertThat(reported(() -> {
                    Future<String> future = Loop.current().createFuture();
                    Task<?> waits = createTask(() -> future.await());
                    Future<?> gathers = gather(future);
                    Task<?> waitsToo = createTask(() -> future.await());
                    yieldNow();
                    future.setException(new IllegalStateException("one"));
                    waits.cancel();
                    waitsToo.cancel();
                    assertThatThrownBy(gathers::await).hasMessage("one");
                    assertThat(waitsToo.isCancelled()).isTrue();
                }))
                .isEmpty();
    }

    @Test
    void asCompletedRetrievesNoFailures() {
        assertThat(reported(() -> {
                    for (Future<String> first :
                            asCompleted(failing(1, "one"), failing(2, "two"), failing(3, "three"))) {
                        assertThatThrownBy(first::result).hasMessage("one");
                        break;
                    }
                }))
                .containsExactly(neverLookedAt("two", "Task 'two'"), neverLookedAt("three", "Task 'three'"));
        assertThat(reported(() -> asCompleted(failing(1, "one")).iterator().next()))
                .containsExactly(neverLookedAt("one", "Task 'one'"));
    }

    @Test
    void bothFailuresOfAGatherThatNobodyAwaitsAreReported() {
        assertThat(reported(() -> {
                    Future<String> one = Loop.current().createFuture();
                    Future<String> two = Loop.current().createFuture();
                    gather(one, two);
                    one.setException(new IllegalStateException("one"));
                    two.setException(new IllegalStateException("two"));
                }))
                .containsExactlyInAnyOrder(neverLookedAt("one", "Future in a gather"), neverLookedAt("two", "Future"));
    }

    @Test
    void aGatherWithinAGatherThatNobodyAwaitsHidesNoFailure() {
        assertThat(reported(() -> gather(gather(failing(1, "one"), failing(2, "two")))))
                .containsExactlyInAnyOrder(
                        neverLookedAt("one", "Task 'one' in a gather in a gather"), neverLookedAt("two", "Task 'two'"));
    }

    @Test
    void aGroupRetrievesATaskThatItsCancelledBodyAwaited() {
        assertThat(reported(() -> assertThatThrownBy(() -> Asyncio.taskGroup(group -> {
                            Task<String> task = group.createTask(() -> {
                                sleep(Duration.ofSeconds(1));
                                throw new IllegalStateException("one");
                            });
                            task.await();
                        }))
                        .isInstanceOf(ExceptionGroup.class)))
                .isEmpty();
    }

    @Test
    void aFailureThatACompletableFutureTellsIsNotReported() {
        assertThat(reported(() -> {
                    var promise = failing(1, "one").toCompletableFuture();
                    sleep(Duration.ofSeconds(2));
                    assertThat(promise).isCompletedExceptionally();
                }))
                .isEmpty();
    }

    @Test
    void aShieldThatNobodyAwaitsHidesNoFailure() {
        assertThat(reported(() -> shield(failing(1, "one"))))
                .containsExactly(neverLookedAt("one", "shield of Task 'one'"));
        assertThat(reported(() ->
                        assertThatThrownBy(shield(failing(1, "one"))::await).hasMessage("one")))
                .isEmpty();
    }

    @Test
    void theMembersOfAShieldedGatherThatIsAwaitedAreLookedAt() {
        assertThat(reported(() -> {
                    Future<?> all = shield(gather(failing(1, "one"), failing(2, "two")));
                    sleep(Duration.ofSeconds(3));
                    assertThatThrownBy(all::await).hasMessage("one");
                }))
                .isEmpty();
    }

    @Test
    void aFailedGatherRetrievesTheMembersOfAShieldedGather() {
        assertThat(reported(() -> {
                    Future<?> shielded = shield(gather(failing(2, "two"), failing(3, "three")));
                    assertThatThrownBy(gather(List.of(failing(1, "one"), shielded))::await)
                            .hasMessage("one");
                }))
                .isEmpty();
    }

    @Test
    void aShieldCancelledAtTheFailureLeavesTheReportToAnother() {
        assertThat(reported(() -> {
                    Future<String> future = Loop.current().createFuture();
                    Future<String> cancelled = shield(future);
                    shield(future);
                    future.setException(new IllegalStateException("one"));
                    cancelled.cancel();
                }))
                .containsExactly(neverLookedAt("one", "shield of Future"));
    }

    @Test
    void aShieldThatWasCompletedByHandHidesNoFailure() {
        assertThat(reported(() -> {
                    Task<String> task = failing(1, "one");
                    shield(task).setResult("by hand");
                }))
                .containsExactly(neverLookedAt("one", "Task 'one'"));
    }

    @Test
    void ofThreeGathersAroundAFailureEachIsTold() {
        assertThat(reported(() -> gather(gather(gather(failing(1, "one"))))))
                .containsExactly(neverLookedAt("one", "Task 'one' in a gather in a gather in a gather"));
    }

    @Test
    void aFailureOfWhichSeveralAreOnlyToldIsReported() {
        assertThat(reported(() -> {
                    Task<String> task = failing(1, "one");
                    for (int i = 0; i < 3; i++) {
                        task.addDoneCallback(done -> {});
                    }
                }))
                .containsExactly(neverLookedAt("one", "Task 'one'"));
    }
}
