package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import dev.skein.testsupport.Await;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whose inheritable thread-locals code sees: those of who submitted it or registered it, as a context of asyncio's, and never
 * what somebody else has left.
 */
class ContextTest {
    private static final InheritableThreadLocal<String> VARIABLE = new InheritableThreadLocal<>();

    private final Trail trail = new Trail();

    @AfterEach
    void leaveNothing() {
        VARIABLE.remove();
    }

    private static void assumeContexts() {
        RuntimeMode.assume("a callback sees no thread-locals of who registered it, and leaves its own");
    }

    private static String seen() {
        return String.valueOf(VARIABLE.get());
    }

    // What comes from another thread.

    @Test
    void aSubmittedCoroutineSeesTheValuesOfThatMoment() throws Exception {
        try (LoopGroup group = new LoopGroup(1)) {
            Loop loop = Loop.of(group.next());
            for (String value : new String[] {"one", "two", null}) {
                VARIABLE.set(value);
                trail.add(runCoroutineThreadsafe(ContextTest::seen, loop).get());
            }
            VARIABLE.remove();
            trail.add(runCoroutineThreadsafe(ContextTest::seen, loop).get());
            Thread other = Thread.ofPlatform().start(() -> {
                VARIABLE.set("of another thread");
                trail.add(runCoroutineThreadsafe(ContextTest::seen, loop).join());
            });
            Await.join(other);
        }
        assertThat(trail.entries()).containsExactly("one", "two", "null", "null", "of another thread");
    }

    @Test
    void eachMainThatRunsUntilCompleteSeesTheValuesOfItsCaller() {
        try (Loop loop = newEventLoop()) {
            VARIABLE.set("one");
            trail.add(loop.<String>runUntilComplete(ContextTest::seen));
            VARIABLE.set("two");
            trail.add(loop.<String>runUntilComplete(ContextTest::seen));
        }
        assertThat(trail.entries()).containsExactly("one", "two");
    }

    @Test
    void aRunnerKeepsTheContextOfItsFirstMain() {
        try (Runner runner = new Runner()) {
            VARIABLE.set("one");
            trail.add(runner.<String>run(() -> {
                String before = seen();
                VARIABLE.set("set by main");
                return before;
            }));
            VARIABLE.set("two");
            trail.add(runner.<String>run(ContextTest::seen));
        }
        assertThat(trail.entries()).containsExactly("one", "set by main");
    }

    @Test
    void aThreadsafeCallbackSeesTheValuesOfWhoSentIt() {
        assumeContexts();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                toThread(() -> {
                    VARIABLE.set("of the worker");
                    return loop.loop().callSoonThreadsafe(() -> trail.add(seen()));
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("of the worker");
    }

    @Test
    void aLoopOfAGroupHasNothingOfTheThreadThatFirstTouchedIt() throws Exception {
        VARIABLE.set("of the first toucher");
        try (LoopGroup group = new LoopGroup(1)) {
            group.next().submit(() -> trail.add(seen())).get();
            VARIABLE.remove();
            trail.add(runCoroutineThreadsafe(ContextTest::seen, Loop.of(group.next()))
                    .get());
        }
        assertThat(trail.entries()).containsExactly("null", "null");
    }

    @Test
    void aTaskThatANettyTaskMakesInheritsNothing() throws Exception {
        try (LoopGroup group = new LoopGroup(1)) {
            Loop loop = Loop.of(group.next());
            loop.eventLoop()
                    .submit(() -> {
                        VARIABLE.set("of a handler");
                        createTask(() -> trail.add(seen()));
                    })
                    .get();
            trail.add(runCoroutineThreadsafe(ContextTest::seen, loop).get());
        }
        assertThat(trail.entries()).containsExactly("null", "null");
    }

    // Callbacks.

    @Test
    void aCallbackSeesWhatItsRegistrantHadThen() {
        assumeContexts();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> done = loop.createFuture();
                VARIABLE.set("one");
                loop.callSoon(() -> trail.add("soon " + seen()));
                loop.callLater(Duration.ofSeconds(1), () -> trail.add("later " + seen()));
                done.addDoneCallback(f -> trail.add("done " + seen()));
                VARIABLE.set("two");
                done.setResult("");
                yieldNow();
                loop.callSoon(() -> trail.add("second " + seen()));
                sleep(Duration.ofSeconds(2));
            });
        }
        assertThat(trail.entries()).containsExactly("soon one", "done one", "second two", "later one");
    }

    @Test
    void onlyWhatACallbackCreatesSeesTheValueItSets() {
        assumeContexts();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> {
                    VARIABLE.set("of a callback");
                    loop.callSoon(() -> trail.add("its own callback " + seen()));
                    createTask(() -> trail.add("its own task " + seen()));
                });
                loop.callSoon(() -> {
                    trail.add("next callback " + seen());
                    createTask(() -> trail.add("next task " + seen()));
                });
                sleep(Duration.ofSeconds(1));
                trail.add("main " + seen());
            });
        }
        assertThat(trail.entries())
                .containsExactly(
                        "next callback null",
                        "its own callback of a callback",
                        "its own task of a callback",
                        "next task null",
                        "main null");
    }

    @Test
    void aTaskThatStartsEagerlyInACallbackLeavesThatItsContext() {
        assumeContexts();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                VARIABLE.set("of main");
                loop.callSoon(() -> {
                    createTask(() -> VARIABLE.set("of the task"), options -> options.withEagerStart(true));
                    trail.add(seen());
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("of main");
    }

    @Test
    void theInterruptFlagOfACallbackIsGoneBeforeTheNext() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> Thread.currentThread().interrupt());
                loop.callSoon(() -> trail.add(Thread.currentThread().isInterrupted()));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("false");
    }

    @Test
    void theContextClassLoaderOfACallbackIsGoneBeforeTheNext() throws Exception {
        try (URLClassLoader other = new URLClassLoader(new URL[0]);
                TestLoop loop = new TestLoop()) {
            ClassLoader mine = Thread.currentThread().getContextClassLoader();
            loop.run(() -> {
                loop.callSoon(() -> Thread.currentThread().setContextClassLoader(other));
                loop.callSoon(
                        () -> trail.add(Thread.currentThread().getContextClassLoader() == mine ? "mine" : "another"));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("mine");
    }

    @Test
    void aCallbackWhoseRegistrantHadNothingSeesNothingOfTheOneBefore() {
        assumeContexts();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                VARIABLE.set("set by main");
                loop.callSoon(() -> trail.add(seen()));
                VARIABLE.remove();
                loop.callSoon(() -> trail.add(seen()));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("set by main", "null");
    }

    @Test
    void aTaskThatANettyTaskMakesHasItsContextClassLoader() throws Exception {
        try (URLClassLoader other = new URLClassLoader(new URL[0]);
                Loop loop = newEventLoop()) {
            CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
            loop.runUntilComplete(() -> {
                loop.eventLoop().execute(() -> {
                    Thread.currentThread().setContextClassLoader(other);
                    loop.createTask(() -> seen.complete(Thread.currentThread().getContextClassLoader()));
                });
                assertThat(await(seen)).isSameAs(other);
            });
        }
    }

    /** The first task of a group's loop starts its thread, whoever brings it. */
    @Test
    void aNettyTaskSeesTheContextClassLoaderOfTheMakerOfItsGroup() throws Exception {
        Thread me = Thread.currentThread();
        ClassLoader usual = me.getContextClassLoader();
        try (URLClassLoader makers = new URLClassLoader(new URL[0])) {
            me.setContextClassLoader(makers);
            try (LoopGroup group = new LoopGroup(1)) {
                me.setContextClassLoader(usual);
                CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
                group.next().execute(() -> seen.complete(Thread.currentThread().getContextClassLoader()));
                assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(makers);
            } finally {
                me.setContextClassLoader(usual);
            }
        }
    }

    @Test
    void theInterruptFlagOfANettyTaskIsGoneBeforeCallbacks() throws Exception {
        assumeContexts();
        try (LoopGroup group = new LoopGroup(1)) {
            Loop loop = Loop.of(group.next());
            loop.eventLoop()
                    .submit(() -> {
                        VARIABLE.set("of a handler");
                        Thread.currentThread().interrupt();
                        loop.callSoon(() -> trail.add(Thread.currentThread().isInterrupted() + " " + seen()));
                    })
                    .get();
            runCoroutineThreadsafe(() -> {}, loop).get(10, TimeUnit.SECONDS);
        }
        assertThat(trail.entries()).containsExactly("false of a handler");
    }
}
