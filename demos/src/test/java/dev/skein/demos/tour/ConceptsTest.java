package dev.skein.demos.tour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the programs of the tour print that show one concept each. */
class ConceptsTest {
    private final Printed printed = new Printed();

    @Test
    void runGivesWhatMainReturnsAndThrowsWhatItThrows() {
        RunMain.show(printed.out());

        assertThat(printed.lines())
                .containsExactly(
                        "hello",
                        "world, after a sleep",
                        "run gives: the result of main",
                        "run throws: what main throws");
    }

    @Test
    void aLoopOfOnesOwnGoesOnWhereItStoppedUntilItIsClosed() {
        OwnLoop.show(printed.out());

        assertThat(printed.lines())
                .containsExactly(
                        "first run: 1 + 2 = 3",
                        "background: begun in the second run",
                        "between the runs: nothing runs",
                        "background: resumed in the third run",
                        "third run: 3 + 4 = 7",
                        "background: ended by close",
                        "closed: true",
                        "run once more: loop is closed");
    }

    @Test
    void aCoroutineAwaitsAnotherInThreeForms() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(new AwaitAnother(printed.out())::inThreeForms);

            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(3));
        }
        assertThat(printed.lines())
                .containsExactly(
                        "  apples in task main",
                        "called: 6",
                        "a lambda: nothing has begun",
                        "  pears in task main",
                        "awaited: 5",
                        "a task: it begins when main awaits",
                        "  plums in task beside",
                        "awaited: 5");
    }

    @Test
    void anAwaitOutsideACoroutineSaysWhatToDo() {
        AwaitOutside.show(printed.out());

        assertThat(printed.lines())
                .containsExactly(
                        "await: await() outside a coroutine:"
                                + " start one with run(...) or createTask(...), and call it there",
                        "sleep: sleep() outside a coroutine:"
                                + " start one with run(...) or createTask(...), and call it there",
                        "createTask: no running loop:"
                                + " call this in a coroutine or callback of a loop, which run(...) starts",
                        "run in a coroutine: cannot run a loop inside a coroutine or callback:"
                                + " await the awaitable, or createTask(...)");
    }

    @Test
    void gatherTakesWhatIsFinishedAndWhatIsNot() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> GatherFutures.gatherFutures(printed.out()));

            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(2));
        }
        assertThat(printed.lines())
                .containsExactly(
                        "gathered: unfinished false, finished true, all false",
                        "the coroutine has begun",
                        "all: [unfinished for a second, finished before, a coroutine's]",
                        "one failed: no result; the other done: false",
                        "the other: a result all the same",
                        "of nothing: []");
    }

    @Test
    void allTasksAreThoseThatAreNotDone() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> AllTasks.watchTasks(printed.out()));
        }
        assertThat(printed.lines())
                .containsExactly(
                        "at the start: main, one second, three seconds",
                        "after two seconds: main, three seconds",
                        "after four seconds: main");
    }
}
