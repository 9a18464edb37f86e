package dev.skein.loop;

import static dev.skein.loop.Asyncio.asCompleted;
import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Futures of others: the JDK's stages and Netty's promises, awaited, gathered, iterated; and ours given to the JDK. */
class InteropTest {
    private final Trail trail = new Trail();

    private static Promise<String> promise() {
        return ImmediateEventExecutor.INSTANCE.newPromise();
    }

    @Test
    void aStageThatIsDoneIsAwaitedWithoutARound() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> trail.add("a round later"));
                trail.add(await(CompletableFuture.completedFuture("jdk")));
                trail.add(await(promise().setSuccess("netty")));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("jdk", "netty", "a round later");
    }

    @Test
    @PortOf("test_futures.BaseFutureTests.wrap_future")
    void aStageThatAnotherThreadCompletesWakesTheCoroutineOnItsLoop() {
        Thread loopThread = run(() -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Thread.ofPlatform()
                    .start(() -> stage.complete(Thread.currentThread().getName()));
            assertThat(await(stage)).startsWith("Thread-");
            return Thread.currentThread();
        });
        assertThat(loopThread.isVirtual()).isTrue();
    }

    @Test
    void aStageThatAnotherThreadCompletesWakesItsAwaiter() {
        run(() -> {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Loop.current().callSoon(() -> Thread.ofPlatform().start(() -> stage.complete("from elsewhere")));
            assertThat(await(stage)).isEqualTo("from elsewhere");

            CompletableFuture<String> followed = new CompletableFuture<>();
            Future<String> follower = Future.from(followed);
            Loop.current().callSoon(() -> Thread.ofPlatform().start(() -> followed.complete("from there too")));
            assertThat(await(follower)).isEqualTo("from there too");
        });
    }

    /** As a stage may be: it gives no future of the JDK's. */
    @SuppressWarnings("unchecked") // a proxy of that interface
    private static <T> CompletionStage<T> withoutAFuture(CompletableFuture<T> of) {
        return (CompletionStage<T>) Proxy.newProxyInstance(
                InteropTest.class.getClassLoader(),
                new Class<?>[] {CompletionStage.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("toCompletableFuture")) {
                        throw new UnsupportedOperationException("not this one");
                    }
                    return method.invoke(of, arguments);
                });
    }

    @Test
    void aStageThatGivesNoFutureIsAwaitedLikeAnyOther() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> inside = new CompletableFuture<>();
                loop.callLater(Duration.ofSeconds(1), () -> inside.complete("x"));
                assertThat(await(withoutAFuture(inside))).isEqualTo("x");
            });
        }
    }

    @Test
    void cancellingTheAwaitOfAStageWithoutAFutureEndsTheTask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> inside = new CompletableFuture<>();
                Task<String> task = createTask(() -> await(withoutAFuture(inside)));
                yieldNow();
                task.cancel();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(inside).isNotDone();
            });
        }
    }

    @Test
    void aPromiseThatAnotherThreadCompletesWakesTheCoroutineToo() {
        run(() -> {
            Promise<String> immediate = promise();
            Promise<String> elsewhere = GlobalEventExecutor.INSTANCE.newPromise();
            Thread.ofPlatform().start(() -> immediate.setSuccess("immediate"));
            Thread.ofPlatform().start(() -> elsewhere.setSuccess("elsewhere"));
            assertThat(await(immediate)).isEqualTo("immediate");
            assertThat(await(elsewhere)).isEqualTo("elsewhere");
        });
    }

    @Test
    void failuresOfOthersAreThrownAsOurOwnAre() {
        IOException gone = new IOException("gone");
        IllegalArgumentException wrong = new IllegalArgumentException("wrong");
        Exception odd = new Exception("odd");
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> await(CompletableFuture.failedFuture(wrong)))
                        .isSameAs(wrong);
                assertThatThrownBy(() -> await(promise().setFailure(wrong))).isSameAs(wrong);
                assertThatThrownBy(() -> await(CompletableFuture.failedFuture(gone)))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasCause(gone);
                assertThatThrownBy(() -> await(promise().setFailure(odd)))
                        .isInstanceOf(CompletionException.class)
                        .hasCause(odd);
                // A dependent stage hides it in a CompletionException; the cause is what was meant.
                CompletionStage<String> dependent =
                        CompletableFuture.<String>failedFuture(gone).thenApply(s -> s);
                assertThat(Future.from(dependent).exception()).isSameAs(gone);
            });
        }
    }

    @Test
    void aForeignCancellationCancelsTheFutureHere() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Promise<String> promise = promise();
                Future<String> ofStage = Future.from(stage);
                Future<String> ofPromise = Future.from(promise);
                stage.cancel(false);
                promise.cancel(false);
                assertThat(ofStage.isCancelled()).isTrue();
                assertThat(ofPromise.isCancelled()).isTrue();
                assertThatThrownBy(() -> await(promise)).isInstanceOf(CancelledError.class);
                assertThatThrownBy(() -> await(stage.thenApply(s -> s))).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Test
    @PortOf("test_futures.wrap_future_cancel")
    void cancellingWhoAwaitsAStageCancelsTheStage() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Task<?> task = createTask(() -> await(stage));
                yieldNow();
                task.cancel();
                assertThat(stage).isCancelled();
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);

                CompletableFuture<String> wrapped = new CompletableFuture<>();
                Future<String> future = Future.from(wrapped);
                future.cancel();
                yieldNow();
                assertThat(wrapped).isCancelled();
                assertThat(future.isCancelled()).isTrue();
            });
        }
    }

    @Test
    @PortOf("test_futures.wrap_future_cancel2")
    void aStageThatIsDoneCannotBeCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<Integer> stage = new CompletableFuture<>();
                Future<Integer> future = Future.from(stage);
                Thread.ofPlatform().start(() -> stage.complete(42));
                while (!stage.isDone()) {
                    // No await, for the loop must not be told before the cancellation.
                    Thread.onSpinWait();
                }
                assertThat(future.cancel()).isTrue();
                yieldNow();
                assertThat(stage).isCompletedWithValue(42);
                assertThat(future.isCancelled()).isTrue();
            });
        }
    }

    @Test
    void cancellingWhoAwaitsAPromiseLeavesNettysOperationAlone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Promise<String> promise = promise();
                Task<?> task = createTask(() -> await(promise));
                yieldNow();
                task.cancel("why");
                assertThatThrownBy(task::await)
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("why");
                assertThat(promise.isDone()).isFalse();
                promise.setFailure(new IOException("later, and nobody's business"));
                yieldNow();
            });
        }
    }

    @Test
    void aChannelFutureGivesItsChannel() {
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThat(await(channel.newSucceededFuture())).isSameAs(channel);
                assertThatThrownBy(() -> await(channel.newFailedFuture(new IOException("refused"))))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasRootCauseMessage("refused");
                DefaultChannelPromise promise = new DefaultChannelPromise(channel, ImmediateEventExecutor.INSTANCE);
                loop.callLater(Duration.ofSeconds(1), promise::setSuccess);
                assertThat(await((ChannelFuture) promise)).isSameAs(channel);
                assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(1));
            });
        }
        channel.finishAndReleaseAll();
    }

    @Test
    void promisesAndChannelFuturesAreGathered() {
        EmbeddedChannel channel = new EmbeddedChannel();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Promise<String> a = promise();
                Promise<String> b = promise();
                loop.callLater(Duration.ofSeconds(2), () -> a.setSuccess("a"));
                loop.callLater(Duration.ofSeconds(1), () -> b.setSuccess("b"));
                assertThat(gather(a, b).await()).containsExactly("a", "b");

                Future<List<Void>> channels = gather(channel.newSucceededFuture(), channel.newSucceededFuture());
                assertThat(channels.await()).containsExactly(null, null);
                Future<?> failing =
                        gather(channel.newSucceededFuture(), channel.newFailedFuture(new IOException("no")));
                assertThatThrownBy(failing::await).isInstanceOf(UncheckedIOException.class);
            });
        }
        channel.finishAndReleaseAll();
    }

    @Test
    void promisesComeAsTheyAreCompleted() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Promise<String> a = promise();
                Promise<String> b = promise();
                loop.callLater(Duration.ofSeconds(2), () -> a.setSuccess("a"));
                loop.callLater(Duration.ofSeconds(1), () -> b.setFailure(new IOException("b")));
                for (Future<String> done : asCompleted(a, b)) {
                    done.exception();
                    trail.add(done);
                }
            });
        }
        assertThat(trail.entries())
                .map(entry -> entry.substring(entry.indexOf('[')))
                .containsExactly("[exception=java.io.IOException: b]", "[result=a]");
    }

    @Test
    void othersAreMixedWithOursByFutureFrom() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Promise<String> promise = promise();
                loop.callLater(Duration.ofSeconds(1), () -> stage.complete("jdk"));
                loop.callLater(Duration.ofSeconds(2), () -> promise.setSuccess("netty"));
                Awaitable<String> own = () -> {
                    sleep(Duration.ofSeconds(3));
                    return "ours";
                };
                assertThat(gather(Future.from(stage), Future.from(promise), own).await())
                        .containsExactly("jdk", "netty", "ours");
            });
        }
    }

    @Test
    void oursIsGivenToTheJdk() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> good = loop.createFuture();
                Future<String> bad = loop.createFuture();
                Future<String> gone = loop.createFuture();
                CompletableFuture<String> jdkGood = good.toCompletableFuture();
                CompletableFuture<String> jdkBad = bad.toCompletableFuture();
                CompletableFuture<String> jdkGone = gone.toCompletableFuture();
                IOException failure = new IOException("no");
                good.setResult("x");
                bad.setException(failure);
                gone.cancel();
                yieldNow();
                assertThat(jdkGood).isCompletedWithValue("x");
                assertThat(jdkBad).isCompletedExceptionally();
                assertThat(jdkBad.exceptionNow()).isSameAs(failure);
                assertThat(jdkGone).isCancelled();
            });
        }
    }

    @Test
    void cancellingWhatTheJdkWasGivenCancelsOurs() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> sleep(Duration.ofHours(1)));
                yieldNow();
                task.toCompletableFuture().cancel(true);
                assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();
            });
        }
    }

    @Test
    void promisesOfAClosingLoopAreBrokenInTheirOrder() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 1; i <= 12; i++) {
                    String name = "promise " + i;
                    CompletableFuture<Object> unused =
                            loop.createFuture().toCompletableFuture().whenComplete((value, broken) -> trail.add(name));
                    assertThat(unused).isNotDone();
                }
            });
        }
        assertThat(trail.entries())
                .startsWith("promise 1", "promise 2", "promise 3")
                .endsWith("promise 11", "promise 12");
        assertThat(trail.entries()).hasSize(12);
    }

    @Test
    void futureFromOutsideALoopIsRefused() {
        assertThatThrownBy(() -> Future.from(promise()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no running loop");
        assertThatThrownBy(() -> await(new CompletableFuture<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("await() outside a coroutine");
    }
}
