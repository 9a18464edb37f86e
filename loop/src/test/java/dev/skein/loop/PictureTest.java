package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.tools.Awaiter;
import dev.skein.loop.tools.Frame;
import dev.skein.loop.tools.LoopSnapshot;
import dev.skein.loop.tools.TaskSnapshot;
import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The pictures that are taken of a loop's tasks, for the command {@code skein} and for reports. */
class PictureTest {
    private static final Duration LONG = Duration.ofHours(1);

    private static LoopSnapshot inPieces(Loop loop) throws Exception {
        Picture picture = new Picture(loop);
        Optional<LoopSnapshot> whole = Optional.empty();
        while (whole.isEmpty()) {
            whole = picture.takePiece().get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        return whole.get();
    }

    @Test
    void inPiecesItHasAllTasksToo() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    tasks.add(createTask(() -> sleep(LONG), "sleeper " + i));
                }
                yieldNow();
                LoopSnapshot whole = toThread(() -> inPieces(test.loop()));
                assertThat(whole.tasks())
                        .extracting(TaskSnapshot::name)
                        .hasSize(501)
                        .contains("sleeper 0", "sleeper 499");
                assertThat(whole.thread()).isEqualTo(test.loop().thread().own().getName());
                tasks.forEach(Task::cancel);
            });
            Loop loop = test.loop();
            loop.close();
            assertThat(new Picture(loop).takePiece().join().orElseThrow().tasks())
                    .isEmpty();
        }
    }

    @Test
    void theFuturesBetweenTwoTasksAreNamedTheFirstTen() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                Task<?> inner = createTask(() -> sleep(LONG), "inner");
                Future<?> outermost = inner;
                for (int i = 0; i < 12; i++) {
                    Future<?> below = outermost;
                    outermost = gather(List.of(below));
                }
                Future<?> awaited = outermost;
                Task<?> outer = createTask(() -> await(awaited), "outer");
                yieldNow();

                Awaiter awaiter = awaiterOf("inner", Snapshots.of(test.loop()));
                assertThat(awaiter.taskId()).isEqualTo(TaskStacks.idOf(outer));
                List<String> between =
                        awaiter.stack().stream().map(Frame::method).toList();
                assertThat(between.subList(0, 10)).allMatch(name -> name.startsWith("gather"));
                assertThat(between.get(10)).isEqualTo("...");
                assertThat(between.get(11)).contains("theFuturesBetweenTwoTasks");
                inner.cancel();
            });
        }
    }

    @Test
    void onSeveralWaysOneIsNamedOnce() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                Task<?> inner = createTask(() -> sleep(LONG), "inner");
                Future<?> one = gather(List.of(inner));
                Future<?> other = gather(List.of(inner));
                Future<?> both = gather(List.of(one, other));
                Task<?> outer = createTask(() -> await(both), "outer");
                yieldNow();
                assertThat(awaiterOf("inner", Snapshots.of(test.loop())).taskId())
                        .isEqualTo(TaskStacks.idOf(outer));
                inner.cancel();
            });
        }
    }

    /** There is one. */
    private static Awaiter awaiterOf(String task, LoopSnapshot in) {
        List<Awaiter> awaiters = in.tasks().stream()
                .filter(each -> each.name().equals(task))
                .findFirst()
                .orElseThrow()
                .awaitedBy();
        assertThat(awaiters).hasSize(1);
        return awaiters.getFirst();
    }

    @Test
    void thoseOfAllLoopsComeInTheOrderInWhichTheLoopsWereMade() {
        List<TestLoop> loops = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                TestLoop loop = new TestLoop();
                loop.run(() -> {});
                loops.add(loop);
            }
            List<String> names = loops.stream()
                    .map(loop -> loop.loop().thread().own().getName())
                    .toList();
            assertThat(Snapshots.ofAllLoops(Duration.ofSeconds(5)))
                    .extracting(LoopSnapshot::thread)
                    .containsSubsequence(names);
        } finally {
            loops.forEach(TestLoop::close);
        }
    }

    @Test
    void aLoopCanAskForThatOfItself() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                CurrentTask.thisTask().setName("who asks");
                String here = test.loop().thread().own().getName();
                assertThat(Snapshots.ofAllLoops(Duration.ofSeconds(5)))
                        .filteredOn(each -> each.thread().equals(here))
                        .singleElement()
                        .satisfies(mine -> assertThat(mine.tasks())
                                .extracting(TaskSnapshot::name)
                                .contains("who asks"));
            });
        }
    }
}
