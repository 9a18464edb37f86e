package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Tasks that nobody cancels: how they start, end, are named and found, and what crosses from one to another. */
class TaskTest {
    @Test
    @PortOf("test_tasks.task_basics")
    void aCoroutineCallsOthersAsPlainMethods() {
        Awaitable<Integer> inner1 = () -> 42;
        Awaitable<Integer> inner2 = () -> {
            sleep(Duration.ofSeconds(1));
            return 1_000;
        };
        try (TestLoop loop = new TestLoop()) {
            assertThat(loop.<Integer>run(() -> await(inner1) + await(inner2))).isEqualTo(1_042);
        }
    }

    @Test
    @PortOf("test_tasks.bare_create_task")
    @PortOf("test_tasks.create_task_with_async_function")
    void aTaskGivesWhatItsBodyReturns() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<Integer> task = createTask(() -> 1);
                assertThat(task.isDone()).isFalse();
                assertThat(task.await()).isEqualTo(1);
                assertThat(task.isDone()).isTrue();
                assertThat(task.result()).isEqualTo(1);
                assertThat(task.exception()).isNull();
                assertThat(task.isCancelled()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_tasks.create_task_with_asynclike_function")
    void anyAwaitableCanBeTheBody() {
        record FortyTwo() implements Awaitable<Integer> {
            @Override
            public Integer await() {
                yieldNow();
                return 42;
            }
        }
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThat(createTask(new FortyTwo()).await()).isEqualTo(42);
                assertThat(await(new FortyTwo())).isEqualTo(42);
            });
        }
    }

    @Test
    @PortOf("test_tasks.coroutine_non_gen_function_return_future")
    void aFutureThatABodyReturnsIsNotAwaited() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                Task<Future<String>> task = createTask(() -> future);

                assertThat(task.await()).isSameAs(future);
                assertThat(future.isDone()).isFalse();
            });
        }
    }

    @Test
    @PortOf("test_tasks.step_result_future")
    void aTaskWakesWithTheVeryResultThatWasSet() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Object> future = loop.createFuture();
                Task<Object> task = createTask(future);
                Object result = new Object();
                yieldNow();
                future.setResult(result);

                assertThat(task.isDone()).isFalse();
                yieldNow();
                assertThat(task.result()).isSameAs(result);
            });
        }
    }

    @Test
    @PortOf("test_tasks.exception_traceback")
    void aFailureKeepsTheStackOfTheTaskThatThrewIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<Integer> task = createTask(TaskTest::divideByZero);
                yieldNow();
                Throwable failure = task.exception();

                assertThat(failure).isInstanceOf(ArithmeticException.class);
                assertThat(Arrays.stream(failure.getStackTrace()).map(StackTraceElement::getMethodName))
                        .contains("divideByZero");
                assertThatThrownBy(task::await).isSameAs(failure);
            });
        }
    }

    private static int divideByZero() {
        return Integer.parseInt("1") / Integer.parseInt("0");
    }

    @Test
    void aCheckedFailureIsKeptAsItIsAndThrownWrapped() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                IOException gone = new IOException("gone");
                Task<?> io = createTask(() -> {
                    throw gone;
                });
                Exception odd = new Exception("odd");
                Task<?> checked = createTask(() -> {
                    throw odd;
                });

                assertThatThrownBy(io::await)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasCause(gone);
                assertThatThrownBy(checked::await)
                        .isInstanceOf(CompletionException.class)
                        .hasCause(odd);
                assertThat(io.exception()).isSameAs(gone);
                assertThat(checked.exception()).isSameAs(odd);
            });
        }
    }

    @Test
    void anErrorInATaskFailsThatTaskAndNotTheLoop() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<?> task = createTask(() -> {
                    throw new AssertionError("wrong");
                });
                assertThatThrownBy(task::await)
                        .isInstanceOf(AssertionError.class)
                        .hasMessage("wrong");
                sleep(Duration.ofSeconds(1));
            });
        }
    }

    @Test
    @PortOf("test_tasks.task_set_methods")
    void nobodyButItsBodyCompletesATask() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<String> task = createTask(() -> "ko", "t");
                assertThatThrownBy(() -> task.setResult("ok"))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessage("a task's result is what its body returns: Task[name=t, pending]");
                assertThatThrownBy(() -> task.setException(new RuntimeException("x")))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessage("a task's exception is what its body throws: Task[name=t, pending]");
                assertThat(task.await()).isEqualTo("ko");
            });
        }
    }

    @Test
    @PortOf("test_tasks.task_awaits_on_itself")
    void aTaskThatAwaitsItselfIsTold() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<Task<Object>> self = loop.createFuture();
                Task<Object> task = createTask(() -> self.await().await(), "narcissus");
                self.setResult(task);

                assertThatThrownBy(task::await)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("a task cannot await itself: Task[name=narcissus");
                assertThat(task.isDone()).isTrue();
            });
        }
    }

    @Test
    void tasksCanAwaitEachOtherInALongChain() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Task<Integer> last = createTask(() -> {
                    sleep(Duration.ofSeconds(1));
                    return 0;
                });
                for (int i = 0; i < 2_000; i++) {
                    Task<Integer> previous = last;
                    last = createTask(() -> previous.await() + 1);
                }
                assertThat(last.await()).isEqualTo(2_000);
            });
        }
    }

    @Test
    void createTaskOutsideALoopSaysWhatToDo() {
        assertThatThrownBy(() -> createTask(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no running loop: call this in a coroutine or callback of a loop, which run(...) starts");
    }
}
