package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the {@code toString} of a user's class does decides over a text, and over nothing else. */
class ReprTest {
    private final Trail trail = new Trail();

    /** Its text cannot be had. */
    private static final class Mute implements Runnable, Consumer<Object> {
        @Override
        public void run() {}

        @Override
        public void accept(Object anything) {}

        @Override
        public String toString() {
            throw new UnsupportedOperationException("no text");
        }
    }

    private static final String SAYS_SO =
            "dev\\.skein\\.loop\\.ReprTest\\$Mute@[0-9a-f]+ \\(its toString failed: java\\.lang\\.UnsupportedOperationException\\)";

    /** Counts how often it is asked for its text. */
    private static final class Counting implements Consumer<Object> {
        private int asked;

        @Override
        public void accept(Object anything) {}

        @Override
        public String toString() {
            asked++;
            return "counting";
        }
    }

    @Test
    void inDebugModeADoneCallbackRunsWhateverTheTextOfTheResult() {
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                Future<Object> future = loop.createFuture();
                CompletableFuture<Object> theirs = future.toCompletableFuture();
                future.addDoneCallback(done -> trail.add("ran"));
                future.setResult(new Mute());
                yieldNow();
                assertThat(theirs).isCompleted();
            });
        }
        assertThat(trail.entries()).containsExactly("ran");
    }

    @Test
    void inDebugModeACallbackRunsWhateverItsOwnText() {
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                loop.callSoon(new Runnable() {
                    @Override
                    public void run() {
                        trail.add("ran");
                    }

                    @Override
                    public String toString() {
                        throw new StackOverflowError();
                    }
                });
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("ran");
    }

    @Test
    void inDebugModeNobodyIsAskedForATextThatIsNotTold() {
        Counting result = new Counting();
        Counting callback = new Counting();
        try (TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                loop.loop().setSlowCallbackDuration(Duration.ofHours(1));
                Future<Object> future = loop.createFuture();
                for (int i = 0; i < 50; i++) {
                    future.addDoneCallback(callback);
                }
                future.setResult(result);
                yieldNow();
            });
        }
        assertThat(result.asked).isZero();
        assertThat(callback.asked).isZero();
    }

    @Test
    void inDebugModeASlowCallbackIsToldByItsTextThoughItHasRun() {
        try (Log log = Log.capture();
                TestLoop loop = new TestLoop(o -> o.withDebug())) {
            loop.run(() -> {
                loop.loop().setSlowCallbackDuration(Duration.ZERO);
                loop.callSoon(new Mute());
                loop.callSoon(new Runnable() {
                    @Override
                    public void run() {}

                    @Override
                    public String toString() {
                        return "the slow one";
                    }
                });
                yieldNow();
            });
            assertThat(log.text())
                    .containsPattern("executing Handle\\[" + SAYS_SO + "\\] took")
                    .contains("executing Handle[the slow one] took");
        }
    }

    @Test
    void aThrowingCallbackIsReportedThoughATextThrowsToo() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> future = loop.createFuture();
                future.addDoneCallback(done -> {
                    throw new IllegalArgumentException("its own");
                });
                future.setResult(new Mute());
                yieldNow();
            });
            assertThat(loop.errors().getFirst().exception()).get().isInstanceOf(IllegalArgumentException.class);
            assertThat(loop.errors().getFirst().message())
                    .matches("exception in callback done callback .* of Future\\[result=" + SAYS_SO + "\\]");
        }
    }

    @Test
    void aSecondResultIsRefusedForWhatItIs() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> future = loop.createFuture();
                future.setResult(new Mute());
                assertThatThrownBy(() -> future.setResult("again"))
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessageMatching("already done: Future\\[result=" + SAYS_SO + "\\]");

                Future<Object> itself = loop.createFuture();
                itself.setResult(List.of(itself));
                assertThatThrownBy(() -> itself.setResult("again"))
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessage("already done: Future[result=[...]]");
            });
        }
    }

    @Test
    void aMessageHasOfALargeResultItsBeginning() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> list = loop.createFuture();
                list.setResult(Collections.nCopies(1_000_000, "element"));
                assertThatThrownBy(() -> list.setResult("again"))
                        .hasMessage("already done: Future[result=[element, element, element, element, element,"
                                + " element, ... 999994 more]]");
                Future<Object> text = loop.createFuture();
                text.setResult("x".repeat(1_000_000));
                assertThat(text.toString())
                        .isEqualTo("Future[result=" + "x".repeat(500) + "... (999500 more characters)]");
            });
        }
    }

    @Test
    void aTaskThatReturnsItselfHasAText() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<Object> task = createTask(() -> Objects.requireNonNull(currentTask()), "me");
                assertThat(task.await()).isSameAs(task);
                assertThat(task.toString()).isEqualTo("Task[name=me, result=...]");
            });
        }
    }

    @Test
    void aLongChainOfResultsIsToldForAFewLevels() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> outermost = loop.createFuture();
                outermost.setResult("innermost");
                for (int i = 0; i < 100_000; i++) {
                    Future<Object> around = loop.createFuture();
                    around.setResult(outermost);
                    outermost = around;
                }
                assertThat(outermost.toString()).isEqualTo("Future[result=".repeat(7) + "..." + "]".repeat(7));
            });
        }
    }

    @Test
    void aResultWhoseTextAsksForTheFuturesTextIsNoRecursion() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> future = loop.createFuture();
                future.setResult(new Object() {
                    @Override
                    public String toString() {
                        return "result of " + future;
                    }
                });
                assertThat(future.toString()).isEqualTo("Future[result=result of Future[result=...]]");
            });
        }
    }

    @Test
    void anExceptionWithoutATextIsAnExceptionAllTheSame() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> future = loop.createFuture();
                RuntimeException mute = Unprintable.WHOSE_MESSAGE_THROWS.make();
                future.setException(mute);
                assertThat(future.toString())
                        .matches(
                                "Future\\[exception=.*Unprintable\\$MessageThrows@[0-9a-f]+ \\(its toString failed: .*\\)\\]");
                assertThat(future.exception()).isSameAs(mute);
            });
        }
    }

    private static final class MuteIo extends IOException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no text");
        }
    }

    private static final class MuteChecked extends Exception {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no text");
        }
    }

    @Test
    void aCheckedExceptionWithoutATextCrossesAnAwaitAsAnyOther() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> io = loop.createFuture();
                io.setException(new MuteIo());
                assertThatThrownBy(io::await)
                        .isInstanceOf(java.io.UncheckedIOException.class)
                        .hasCauseInstanceOf(MuteIo.class);
                Future<Object> checked = loop.createFuture();
                checked.setException(new MuteChecked());
                assertThatThrownBy(checked::await)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(MuteChecked.class);
            });
        }
    }

    private static final class MuteCancellation extends CancellationException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no text");
        }
    }

    @Test
    void aStageThatIsCancelledWithoutATextEndsItsFuture() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Future<String> mine = Future.from(stage);
                stage.completeExceptionally(new MuteCancellation());
                yieldNow();
                assertThat(mine.isCancelled()).isTrue();
            });
        }
    }

    @Test
    void aNameOfAMillionCharactersIsCutInTextsAndKeptAsAName() {
        String name = "n".repeat(1_000_000);
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {}, name);
                assertThat(task.name()).isEqualTo(name);
                assertThat(task.toString()).hasSizeLessThan(1_000);
                task.setName(name + "x");
                assertThat(task.name()).isEqualTo(name + "x");
                Future<Object> named = loop.createFuture(name);
                assertThat(named.toString()).hasSizeLessThan(1_000);
            });
        }
    }

    @Test
    void aDeepChainOfShieldsAndGathersHasAShortName() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> first = loop.createFuture("the first");
                Future<?> shields = first;
                for (int i = 0; i < 50_000; i++) {
                    shields = shield(shields);
                }
                assertThat(shields.toString()).isEqualTo("Shield[pending, of the first]");
                assertThat(shields.toName()).isEqualTo("shield of the first");
                Future<?> gathers = gather(shields);
                assertThat(gathers.toString()).isEqualTo("Gather[pending, children=1]");
                assertThat(gathers.toName()).isEqualTo("gather");
            });
        }
    }

    @Test
    void aFailureInManyGathersIsNamedAfterTheTaskThatFailed() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Future<?> gathers = createTask(
                    () -> {
                        throw new IllegalStateException("boom");
                    },
                    "the first");
            for (int i = 0; i < 100; i++) {
                gathers = gather(shield(gathers));
            }
            for (int i = 0; i < 300; i++) {
                yieldNow();
            }
        });
        loop.errors();
        loop.close();
        assertThat(loop.errors())
                .extracting(ErrorContext::message)
                .containsExactly(
                        "exception of Task 'the first' in a gather in a gather in a gather ... was never retrieved:"
                                + " await it, or ask for its result or exception");
    }

    @Test
    void aCancelledShieldKeepsItsName() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<?> shields = shield(loop.createFuture("the first"));
                shields.cancel();
                assertThat(shields.toString()).isEqualTo("Shield[cancelled, of the first]");
            });
        }
    }

    @Test
    void aGroupIsSplitWhateverItsMembersThinkOfEqual() {
        RuntimeException contrary = new RuntimeException("contrary") {
            private static final long serialVersionUID = 1;

            @Override
            public boolean equals(Object other) {
                throw new UnsupportedOperationException("not comparable");
            }

            @Override
            public int hashCode() {
                throw new UnsupportedOperationException("no hash either");
            }
        };
        ExceptionGroup group = new ExceptionGroup("group", List.of(contrary, new IllegalStateException("other")));
        assertThat(group.split(e -> true).matching()).containsSame(group);
        assertThat(group.subgroup(IllegalStateException.class).orElseThrow().members())
                .hasSize(1);
    }

    @Test
    void collectionsWithinCollectionsAreToldForAFewLevelsAndElements() {
        List<Object> itself = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            itself.add(itself);
        }
        assertThat(Repr.of(itself)).hasSizeLessThan(1_000);
        Map<String, Object> map = new TreeMap<>(Map.of("a", new Mute(), "b", List.of(1, 2)));
        assertThat(Repr.of(map)).matches("\\{a=" + SAYS_SO + ", b=\\[1, 2\\]\\}");
        assertThat(Repr.of(List.of(1, 2, 3, 4, 5, 6, 7))).isEqualTo("[1, 2, 3, 4, 5, 6, ... 1 more]");
        assertThat(Repr.of(null)).isEqualTo("null");
        assertThat(Repr.of("short")).isEqualTo("short");
    }

    @Test
    void aCollectionOfAProgramsOwnSaysItselfHowItLooks() {
        List<String> own = new ArrayList<>(List.of("a")) {
            private static final long serialVersionUID = 1;

            @Override
            public String toString() {
                return "my own list";
            }
        };
        assertThat(Repr.of(own)).isEqualTo("my own list");
    }

    @Test
    void theMessageOfAnExceptionWithoutOneIsNull() {
        assertThat(Repr.message(new IllegalStateException())).isNull();
        assertThat(Repr.message(new IllegalStateException("says"))).isEqualTo("says");
        Throwable mute = new IllegalStateException() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new ArithmeticException("cannot");
            }
        };
        assertThat(Repr.message(mute)).endsWith("(its toString failed: java.lang.ArithmeticException)");
    }

    @Test
    void mapsWithinMapsAreToldForAFewLevels() {
        Map<Object, Object> keys = new HashMap<>(Map.of("key", "value"));
        Map<Object, Object> values = new HashMap<>(Map.of("key", "value"));
        for (int i = 0; i < 20; i++) {
            keys = new HashMap<>(Map.of(keys, "value"));
            values = new HashMap<>(Map.of("key", values));
        }
        assertThat(Repr.of(keys)).startsWith("{{{{{{{, ... 1 more}=value}").doesNotContain("key");
        assertThat(Repr.of(values)).isEqualTo("{key={key={key={key={key={key={, ... 1 more}}}}}}}");
    }
}
