package dev.skein.loop;

import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of task groups share. {@link EagerTaskGroupTest} runs them once more, with another loop. */
abstract class TaskGroupFixture {
    static final Duration LONG = Duration.ofHours(1);

    final Trail trail = new Trail();

    TestLoop newLoop() {
        return new TestLoop();
    }

    static Duration millis(int length) {
        return Duration.ofMillis(length);
    }

    static Action fail(int afterMillis) {
        return () -> {
            sleep(millis(afterMillis));
            throw new ArithmeticException("/ by zero");
        };
    }

    /** Sleeps for an hour, and says whether it came to the end of that. */
    final Action sleeper(String name) {
        return () -> {
            try {
                sleep(LONG);
                trail.add(name + " slept");
            } catch (CancelledError e) {
                trail.add(name + " cancelled");
                throw e;
            }
        };
    }

    /** The group that is thrown, whose members must be of these types, in this order. */
    static ExceptionGroup assertThrowsGroup(ThrowingCallable code, Class<?>... types) {
        ExceptionGroup thrown = catchThrowableOfType(ExceptionGroup.class, code);
        assertThat(thrown).as("thrown").isNotNull();
        assertThat(thrown.members())
                .extracting(member -> (Object) member.getClass())
                .containsExactly((Object[]) types);
        return thrown;
    }
}
