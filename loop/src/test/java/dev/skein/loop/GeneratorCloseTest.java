package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a generator ends before its body has emitted everything. */
class GeneratorCloseTest {
    private final Trail trail = new Trail();

    /** None is collected before its test is over. */
    private final List<Generator<Integer>> kept = new ArrayList<>();

    /** Emits 1, 2, 3 and so on; its {@code finally} awaits. */
    private Generator<Integer> endless() {
        Generator<Integer> items = generator(out -> {
            try {
                for (int i = 1; ; i++) {
                    out.emit(i);
                }
            } catch (Exception e) {
                trail.add("swallowed " + e);
            } finally {
                trail.add("finally");
                sleep(Duration.ofSeconds(1));
                trail.add("cleaned up");
            }
        });
        kept.add(items);
        return items;
    }

    @Test
    void closingEarlyRunsTheFinallyToItsEnd() {
        inLoop(() -> {
            try (Generator<Integer> items = endless()) {
                for (int i : items) {
                    trail.add(i);
                    if (i == 2) {
                        break;
                    }
                }
            }
            trail.add("closed");
        });

        assertThat(trail.entries()).containsExactly("1", "2", "finally", "cleaned up", "closed");
    }

    @Test
    @PortOf("test_runners.asyncio_run_closes_gens_after_hanging_tasks_errors")
    void whereMainFailsTheTaskThatIteratesEndsAndThenTheGenerator() {
        assertThatThrownBy(() -> run(
                        () -> {
                            Loop.current().setExceptionHandler((loop, report) -> trail.add("reported"));
                            createTask(this::failWhenCancelled);
                            yieldNow();
                            throw new IllegalArgumentException("main's own");
                        },
                        LoopOptions::withVirtualTime))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("main's own");

        assertThat(trail.entries()).containsExactly("1", "fails", "reported", "finally", "cleaned up");
    }

    private void failWhenCancelled() {
        trail.add(endless().iterator().next());
        try {
            sleep(Duration.ofDays(1));
        } catch (CancelledError asked) {
            trail.add("fails");
            throw new ArithmeticException("by the task");
        }
    }

    /** The JVM keeps its stack, and that its generator: nobody notices that it is left until the loop closes. */
    @Test
    void oneWhoseBodyKnowsItIsClosedWithItsLoop() {
        class Source {
            final Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                    out.emit(2);
                } finally {
                    trail.add("closed " + this.items.toString().startsWith("Generator"));
                }
            });
        }
        inLoop(() -> {
            assertThat(new Source().items.iterator().next()).isEqualTo(1);
            trail.add("left");
        });

        assertThat(trail.entries()).containsExactly("left", "closed true");
    }

    @Test
    void closedIsOver() {
        inLoop(() -> {
            Generator<Integer> items = endless();
            Iterator<Integer> iterator = items.iterator();
            assertThat(iterator.next()).isEqualTo(1);
            assertThat(iterator.hasNext()).isTrue();
            items.close();
            assertThat(iterator.hasNext()).isFalse();
            items.close();
            assertThat(iterator.hasNext()).isFalse();
            assertThat(items.iterator().hasNext()).isFalse();
        });

        assertThat(trail.entries()).containsExactly("finally", "cleaned up");
    }

    @Test
    void theLoopKeepsNoneThatHasEnded() {
        inLoop(() -> {
            OpenGenerators open = Loop.current().openGenerators();
            Generator<Integer> closed = endless();
            assertThat(closed.iterator().hasNext()).isTrue();
            assertThat(open.isEmpty()).isFalse();
            closed.close();
            assertThat(open.isEmpty()).isTrue();
            Generator<Integer> empty = generator(out -> trail.add("empty"));
            assertThat(empty).isEmpty();
            assertThat(open.isEmpty()).isTrue();
        });

        assertThat(trail.entries()).containsExactly("finally", "cleaned up", "empty");
    }

    @Test
    void oneThatHasNotBegunNeverRuns() {
        Generator<Integer> items = endless();
        items.close();
        inLoop(() -> assertThat(items.iterator().hasNext()).isFalse());

        assertThat(trail.entries()).isEmpty();
    }

    @Test
    void emitThrowsGeneratorExitWhichTheBodyLetsOut() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } catch (GeneratorExit exit) {
                    trail.add(exit);
                    throw exit;
                }
            });
            items.iterator().next();
            items.close();
        });

        assertThat(trail.entries()).containsExactly("dev.skein.loop.GeneratorExit: the generator is being closed");
    }

    @Test
    void aBodyMayReturnInsteadOfLettingItOut() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } catch (GeneratorExit exit) {
                    trail.add("returns");
                }
            });
            items.iterator().next();
            items.close();
        });

        assertThat(trail.entries()).containsExactly("returns");
    }

    @Test
    void theBodyEndsInTheTaskOfWhoeverClosesIt() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } finally {
                    trail.add(CurrentTask.thisTask().name());
                }
            });
            await(createTask(() -> items.iterator().next(), "consumer"));
            await(createTask(items::close, "closer"));
        });

        assertThat(trail.entries()).containsExactly("closer");
    }

    @Test
    void closeThrowsWhatTheBodyThrowsAtItsExit() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } catch (GeneratorExit exit) {
                    throw new IllegalStateException("cannot clean up", exit);
                }
            });
            items.iterator().next();
            assertThatThrownBy(items::close).hasMessage("cannot clean up").hasCauseInstanceOf(GeneratorExit.class);
            assertThat(items.iterator().hasNext()).isFalse();
        });
    }

    @Test
    void anEmitDuringCloseIsRefusedWhereItStands() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } finally {
                    emitLast(out);
                }
            });
            items.iterator().next();
            assertThatThrownBy(items::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching(
                            "emit\\(\\) while Generator-\\d+ is being closed: let the GeneratorExit leave the body,"
                                    + " and do not emit in a finally block")
                    .satisfies(e -> assertThat(e.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("emitLast")));
            assertThat(items.iterator().hasNext()).isFalse();
        });
    }

    private static void emitLast(Generator.Emitter<Integer> out) {
        out.emit(2);
    }

    @Test
    void theRefusalComesOutEvenIfTheBodySwallowsIt() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } finally {
                    try {
                        out.emit(2);
                    } catch (IllegalStateException swallowed) {
                        trail.add("swallowed");
                    }
                }
            });
            items.iterator().next();
            assertThatThrownBy(items::close).hasMessageStartingWith("emit() while Generator-");
        });

        assertThat(trail.entries()).containsExactly("swallowed");
    }

    @Test
    void aBodyThatSwallowsEverythingIsLeftWhereItStands() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> {
                while (true) {
                    try {
                        out.emit(1);
                    } catch (Throwable swallowed) {
                        trail.add(swallowed.getClass().getSimpleName());
                    }
                }
            });
            items.iterator().next();
            assertThatThrownBy(items::close).hasMessageStartingWith("emit() while Generator-");
            assertThat(items.iterator().hasNext()).isFalse();
            items.close();
            yieldNow();
        });

        assertThat(trail.entries()).containsExactly("GeneratorExit", "IllegalStateException");
    }

    @Test
    void anExceptionInTheForLoopClosesItThroughTryWithResources() {
        inLoop(() -> assertThatThrownBy(() -> {
                    try (Generator<Integer> items = endless()) {
                        for (int i : items) {
                            throw new IllegalArgumentException("at " + i);
                        }
                    }
                })
                .hasMessage("at 1"));

        assertThat(trail.entries()).containsExactly("finally", "cleaned up");
    }

    @Test
    void closingTheOuterOneLetsItCloseTheInner() {
        inLoop(() -> {
            Generator<Integer> outer = generator(out -> {
                try (Generator<Integer> inner = endless()) {
                    for (int i : inner) {
                        out.emit(i * 10);
                    }
                }
            });
            trail.add(outer.iterator().next());
            outer.close();
            trail.add("closed");
        });

        assertThat(trail.entries()).containsExactly("10", "finally", "cleaned up", "closed");
    }

    @Test
    void aConsumerThatEndsLeavesItForAnother() {
        inLoop(() -> {
            Generator<Integer> items = endless();
            Task<Integer> first = createTask(() -> items.iterator().next());
            assertThat(await(first)).isEqualTo(1);
            assertThat(first.stack()).isEmpty();
            assertThat(items.iterator().next()).isEqualTo(2);
            items.close();
        });

        assertThat(trail.entries()).containsExactly("finally", "cleaned up");
    }

    @Test
    void anOpenGeneratorIsClosedWithItsLoopAfterTheTasks() {
        inLoop(() -> {
            endless().iterator().next();
            createTask(() -> {
                try {
                    sleep(Duration.ofDays(1));
                } finally {
                    trail.add("task");
                }
            });
            yieldNow();
            trail.add("main");
        });

        assertThat(trail.entries()).containsExactly("main", "task", "finally", "cleaned up");
    }

    @Test
    void aFailureInAGeneratorClosedWithItsLoopIsReported() {
        TestLoop loop = new TestLoop();
        loop.run(() -> {
            Generator<Integer> items = generator(out -> {
                try {
                    out.emit(1);
                } finally {
                    trail.add(CurrentTask.thisTask());
                    throwBroken();
                }
            });
            items.iterator().next();
            endless().iterator().next();
        });
        assertThatThrownBy(loop::close).hasMessageContaining("during shutdown");

        assertThat(trail.entries().getFirst()).matches("Task\\[name=close Generator-\\d+, pending]");
        assertThat(trail.entries()).contains("finally", "cleaned up");
        assertThat(loop.errors()).singleElement().satisfies(error -> {
            assertThat(error.message()).matches("exception of Task 'close Generator-\\d+' during shutdown");
            assertThat(error.exception()).get().hasToString("java.lang.IllegalStateException: broken");
        });
    }

    private static void throwBroken() {
        throw new IllegalStateException("broken");
    }

    @Test
    void aGeneratorThatAFinallyStartsIsClosedToo() {
        inLoop(() -> {
            Generator<Integer> first = generator(out -> {
                try {
                    out.emit(1);
                } finally {
                    endless().iterator().next();
                }
            });
            first.iterator().next();
        });

        assertThat(trail.entries()).containsExactly("finally", "cleaned up");
    }

    private static void inLoop(Action main) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(main);
            assertThat(loop.errors()).isEmpty();
        }
    }
}
