package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import org.junit.jupiter.api.Test;

/** A coroutine whose thread the JVM cannot start, for want of memory. */
class NotStartedTest {
    @Test
    void aTaskWhoseThreadCannotStartFailsAndIsForgotten() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                OutOfMemoryError why = new OutOfMemoryError("no memory for a thread");
                Loop loop = test.loop();
                Task<String> task = new Task<>(loop, () -> "never", "never started");
                loop.tasks().add(task);
                Coroutine stack = task.innermostStack();
                assertThat(stack).isNotNull();
                assertThat(stack.hasDealtWith(why)).as("before its step").isFalse();

                stack.state = Coroutine.State.RESUMING;
                assertThat(stack.hasDealtWith(why)).isTrue();
                assertThat(task.exception()).isSameAs(why);
                assertThat(stack).hasToString("Coroutine[never started DONE]");
                assertThat(loop.tasks().copy()).doesNotContain(task);
            });
        }
    }
}
