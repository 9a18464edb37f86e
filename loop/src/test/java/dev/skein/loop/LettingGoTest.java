package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What is done keeps nothing of what it was made of, and what has waited for others leaves nothing with them. */
class LettingGoTest {
    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final int ROUNDS = 1_000;

    private final List<WeakReference<?>> captured = new ArrayList<>();

    /** Something large that a body has captured. */
    private byte[] something() {
        byte[] large = new byte[100_000];
        captured.add(new WeakReference<>(large));
        return large;
    }

    private void assertNothingIsKeptBy(Object... those) {
        assertThat(captured).isNotEmpty();
        try {
            Await.until("all that was captured is collected", () -> {
                System.gc();
                return captured.stream().allMatch(one -> one.refersTo(null));
            });
        } finally {
            Reference.reachabilityFence(those);
        }
    }

    // What is done.

    private Future<Integer> inExecutor(Executor executor) {
        byte[] large = something();
        return Loop.current().runInExecutor(executor, () -> large.length);
    }

    @Test
    void aFutureOfAnExecutorThatIsDoneKeepsNothingOfItsWork() {
        List<Runnable> jobs = new ArrayList<>();
        Executor thatKeepsItsJobs = job -> {
            jobs.add(job);
            job.run();
        };
        Future<?> future = run(() -> {
            Future<Integer> mine = inExecutor(thatKeepsItsJobs);
            assertThat(mine.await()).isEqualTo(100_000);
            return mine;
        });
        assertNothingIsKeptBy(future, jobs);
    }

    @Test
    void aCancelledFutureOfAnExecutorKeepsNothing() {
        ArrayDeque<Runnable> thatNeverRuns = new ArrayDeque<>();
        Future<?> future = run(() -> {
            Future<Integer> mine = inExecutor(thatNeverRuns::add);
            mine.cancel();
            return mine;
        });
        assertNothingIsKeptBy(future, thatNeverRuns);
    }

    private Generator<Integer> three() {
        byte[] large = something();
        return generator(out -> {
            for (int i = 0; i < 3; i++) {
                out.emit(large.length);
            }
        });
    }

    @Test
    void aGeneratorThatIsExhaustedOrClosedKeepsNothingOfItsBody() {
        Generator<Integer> exhausted = three();
        Generator<Integer> closed = three();
        Generator<Integer> neverBegun = three();
        run(() -> {
            int items = 0;
            for (int item : exhausted) {
                items += item;
            }
            assertThat(items).isEqualTo(300_000);
            assertThat(closed.iterator().next()).isEqualTo(100_000);
            closed.close();
        });
        neverBegun.close();
        assertNothingIsKeptBy(exhausted, closed, neverBegun);
    }

    private void takeInATaskOfItsOwn(Generator<Integer> items) {
        byte[] large = something();
        Task<Integer> consumer = createTask(() -> items.iterator().next() + large.length);
        assertThat(consumer.await()).isEqualTo(200_000);
        captured.add(new WeakReference<>(consumer));
    }

    @Test
    void aGeneratorThatIsPausedKeepsNothingOfTheTaskThatTookAnItem() {
        run(() -> {
            Generator<Integer> items = generator(out -> {
                out.emit(100_000);
                out.emit(200_000);
            });
            takeInATaskOfItsOwn(items);
            yieldNow();
            assertNothingIsKeptBy(items);
            items.close();
        });
    }

    // What has waited.

    /** Counts who listens to it. */
    private static final class Counting extends DefaultPromise<String> {
        private int listeners;

        Counting() {
            super(ImmediateEventExecutor.INSTANCE);
        }

        @Override
        public Promise<String> addListener(
                GenericFutureListener<? extends io.netty.util.concurrent.Future<? super String>> listener) {
            listeners++;
            return super.addListener(listener);
        }

        @Override
        public Promise<String> removeListener(
                GenericFutureListener<? extends io.netty.util.concurrent.Future<? super String>> listener) {
            listeners--;
            return super.removeListener(listener);
        }
    }

    @Test
    void anAwaitOfNettysFutureThatTimesOutTakesItsListenerBack() {
        Counting promise = new Counting();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    assertThatThrownBy(() -> waitFor(() -> await(promise), A_MOMENT))
                            .isInstanceOf(TimeoutException.class);
                }
                assertThat(promise.listeners).isZero();
            });
        }
    }

    @Test
    void aFutureFromNettysThatIsCancelledTakesItsListenerBack() {
        Counting promise = new Counting();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> one = Future.from(promise);
                Future<String> other = Future.from(promise);
                one.cancel();
                assertThat(promise.listeners).isEqualTo(1);
                assertThat(loop.loop().relays().size()).isEqualTo(1);
                other.cancel();
                assertThat(promise.listeners).isZero();
                assertThat(loop.loop().relays().size()).isZero();

                Future<String> third = Future.from(promise);
                promise.setSuccess("still heard");
                assertThat(third.await()).isEqualTo("still heard");
            });
        }
    }

    private void waitInRounds(TestLoop loop, Supplier<Future<String>> operation) {
        loop.run(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                Future<String> future = operation.get();
                captured.add(new WeakReference<>(future));
                waitUntil(List.of(future), ReturnWhen.ALL_COMPLETED, A_MOMENT);
            }
        });
    }

    @Test
    void roundsOfWaitingForAStageLeaveOneDependentAndNoFuture() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            waitInRounds(loop, () -> Future.from(stage));
            assertThat(stage.getNumberOfDependents()).isEqualTo(1);
            assertNothingIsKeptBy(stage, loop);
        }
    }

    @Test
    void roundsOfWaitingForNettysFutureLeaveOneListenerAndNoFuture() {
        Counting promise = new Counting();
        try (TestLoop loop = new TestLoop()) {
            waitInRounds(loop, () -> Future.from(promise));
            assertThat(promise.listeners).isEqualTo(1);
            assertNothingIsKeptBy(promise, loop);
        }
    }

    /** One that is left at once, and that nobody but the caller has. */
    private Future<String> followAndLeave(Supplier<Future<String>> operation) {
        Future<String> future = operation.get();
        waitUntil(List.of(future), ReturnWhen.ALL_COMPLETED, A_MOMENT);
        return future;
    }

    private void followAndDrop(Supplier<Future<String>> operation, int times) {
        for (int i = 0; i < times; i++) {
            captured.add(new WeakReference<>(followAndLeave(operation)));
        }
    }

    @Test
    void whereFuturesAreLeftThoseThatWereCollectedAreForgotten() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                followAndDrop(() -> Future.from(stage), ROUNDS);
                assertNothingIsKeptBy(stage, loop);
                Future<String> kept = followAndLeave(() -> Future.from(stage));
                for (int i = 0; i < 5; i++) {
                    followAndDrop(() -> Future.from(stage), 2 * ROUNDS);
                    assertNothingIsKeptBy(stage, loop);
                }
                Object relay = loop.loop().relays().find(stage);
                assertThat(relay).asString().matches("Relay\\[held=0, left=\\d{1,4}]");
                stage.complete("late");
                assertThat(kept.result()).isEqualTo("late");
            });
        }
    }

    @Test
    void aFailureOfNettysIsReportedAlsoIfNobodyFollowsAnyMore() {
        Counting promise = new Counting();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                followAndDrop(() -> Future.from(promise), 15);
                assertNothingIsKeptBy(promise, loop);
                followAndLeave(() -> Future.from(promise)).cancel();
                assertThat(loop.loop().relays().<String>find(promise)).hasToString("Relay[held=0, left=0]");
                promise.setFailure(new IOException("nobody is left"));
            });
            loop.loop().close();
            assertThat(loop.errors()).hasSize(1);
        }
    }

    @Test
    void shieldsOfAStageThatAreCancelledLeaveOneDependentAndNoFuture() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    Future<String> inner = Future.from(stage);
                    captured.add(new WeakReference<>(inner));
                    assertThatThrownBy(() -> waitFor(shield(inner), A_MOMENT)).isInstanceOf(TimeoutException.class);
                }
            });
            assertThat(stage.getNumberOfDependents()).isEqualTo(1);
            assertNothingIsKeptBy(stage, loop);
        }
    }

    @Test
    void aFutureFromAStageThatWasLeftEndsAllTheSame() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> mine = Future.from(stage);
                waitUntil(List.of(mine), ReturnWhen.ALL_COMPLETED, A_MOMENT);
                stage.complete("late");
                assertThat(mine.result()).isEqualTo("late");
            });
        }
    }

    @Test
    void aDoneCallbackKeepsAFutureThatAnotherWaitHadLeft() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        List<String> heard = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> mine = Future.from(stage);
                captured.add(new WeakReference<>(mine));
                waitUntil(List.of(mine), ReturnWhen.ALL_COMPLETED, A_MOMENT);
                mine.addDoneCallback(done -> heard.add(done.result()));
            });
            System.gc();
            loop.run(() -> {
                stage.complete("late");
                yieldNow();
            });
            assertThat(heard).containsExactly("late");
            assertNothingIsKeptBy(stage, loop);
        }
    }

    @Test
    void theFailureOfAStageThatAllHaveLeftIsReportedOnce() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            waitInRounds(loop, () -> Future.from(stage));
            assertNothingIsKeptBy(stage, loop);
            loop.run(() -> stage.completeExceptionally(new IOException("nobody is left")));
            loop.loop().close();
            assertThat(loop.errors())
                    .singleElement()
                    .satisfies(
                            error -> assertThat(error.exception().orElseThrow()).hasMessage("nobody is left"));
        }
    }

    @Test
    void aLoopInVirtualTimeDoesNotWaitForWhatAllHaveLeft() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            waitInRounds(loop, () -> Future.from(stage));
            assertThatThrownBy(() -> loop.run(() -> loop.createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
        }
    }

    @Test
    void followedOperationsAreForgottenAtTheirEndOrWhenDropped() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    CompletableFuture<String> stage = new CompletableFuture<>();
                    Future<String> mine = Future.from(stage);
                    stage.complete("soon");
                    assertThat(mine.result()).isEqualTo("soon");
                }
                assertThat(loop.loop().relays().size()).isZero();
                for (int i = 0; i < ROUNDS; i++) {
                    captured.add(new WeakReference<>(Future.from(new CompletableFuture<>())));
                }
            });
            assertNothingIsKeptBy(loop);
        }
    }

    @Test
    void aFollowedOperationStaysKnownAmongManyDroppedOnes() {
        CompletableFuture<String> followed = new CompletableFuture<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> one = Future.from(followed);
                for (int round = 0; round < 10; round++) {
                    for (int i = 0; i < 100; i++) {
                        captured.add(new WeakReference<>(Future.from(new CompletableFuture<>())));
                    }
                    assertNothingIsKeptBy(loop);
                }
                assertThat(loop.loop().relays().size()).isBetween(1, 500);
                Future<String> other = Future.from(followed);
                assertThat(followed.getNumberOfDependents()).isEqualTo(1);
                followed.complete("to both");
                assertThat(one.result() + " " + other.result()).isEqualTo("to both to both");
            });
        }
    }

    /** Objects have 31 bits of it, so that among some ten thousands two have the same. */
    private static List<CompletableFuture<String>> twoOfOneIdentityHash() {
        Map<Integer, CompletableFuture<String>> known = new HashMap<>();
        while (true) {
            CompletableFuture<String> next = new CompletableFuture<>();
            CompletableFuture<String> same = known.put(System.identityHashCode(next), next);
            if (same != null) {
                return List.of(same, next);
            }
        }
    }

    @Test
    void twoStagesThatHaveOneIdentityHashAreToldApart() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                List<CompletableFuture<String>> stages = twoOfOneIdentityHash();
                Future<String> ofFirst = Future.from(stages.getFirst());
                Future<String> ofLast = Future.from(stages.getLast());
                stages.getFirst().complete("first");
                stages.getLast().complete("last");
                assertThat(ofFirst.result() + " " + ofLast.result()).isEqualTo("first last");
            });
        }
    }

    @Test
    void aJdkFutureThatEndsBeforeOursLeavesNoWaiter() {
        run(() -> {
            Future<String> ours = Loop.current().createFuture();
            for (int i = 0; i < 3; i++) {
                ours.toCompletableFuture().complete("earlier");
                assertThat(await(ours.toCompletableFuture().completeOnTimeout("late", 1, TimeUnit.MILLISECONDS)))
                        .isEqualTo("late");
            }
            while (!ours.toString().equals("Future[pending]")) {
                yieldNow();
            }
        });
    }

    @Test
    void aFailureThatComesAfterTheJdkFutureHasEndedIsReported() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> ours = Loop.current().createFuture();
                ours.toCompletableFuture().complete("earlier");
                ours.setException(new IOException("later"));
            });
            loop.loop().close();
            assertThat(loop.errors()).hasSize(1);
        }
    }
}
