package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Action;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom an event wakes, and what a cancellation leaves behind. */
class EventTest {
    private final TestLoop loop = new TestLoop();
    private final Trail trail = new Trail();
    private final Event event = new Event();

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    private Action awaitEvent(Object name) {
        return () -> {
            event.await();
            trail.add(name);
        };
    }

    @Test
    @PortOf("test_locks.EventTests.repr")
    void anEventShowsItsStateAndItsWaiters() {
        assertThat(event).hasToString("Event[unset]");
        event.set();
        assertThat(event).hasToString("Event[set]");
        event.clear();
        loop.run(() -> {
            Task<?> waiter = createTask(awaitEvent("waiter"));
            yieldNow();
            assertThat(event).hasToString("Event[unset, waiters=1]");
            assertThat(waiter.toString()).contains("waiting on Event.await");
            event.set();
            assertThat(event).hasToString("Event[set, waiters=1]");
            waiter.await();
        });
    }

    @Test
    @PortOf("test_locks.EventTests.wait")
    void setWakesAllWhoWaitAndWhoComesAfterDoesNotWait() {
        loop.run(() -> {
            assertThat(event.isSet()).isFalse();
            createTask(awaitEvent(1));
            createTask(awaitEvent(2));
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            Task<?> third = createTask(awaitEvent(3));
            event.set();
            yieldNow();
            assertThat(trail.entries()).containsExactly("3", "1", "2");
            assertThat(third.isDone()).isTrue();
        });
    }

    @Test
    @PortOf("test_locks.wait_on_set")
    void awaitOfASetEventCostsNoRound() {
        event.set();
        loop.run(() -> {
            loop.callSoon(() -> trail.add("next round"));
            event.await();
            trail.add("awaited");
        });
        assertThat(trail.entries()).startsWith("awaited");
    }

    @Test
    @PortOf("test_locks.EventTests.wait_cancel")
    void aCancelledWaiterLeavesTheEvent() {
        loop.run(() -> {
            Task<?> waiter = createTask(event::await);
            loop.callSoon(waiter::cancel);
            assertThatThrownBy(waiter::await).isInstanceOf(CancelledError.class);
            assertThat(event).hasToString("Event[unset]");
        });
    }

    @Test
    @PortOf("test_locks.clear")
    void clearTakesTheFlagBack() {
        assertThat(event.isSet()).isFalse();
        event.set();
        assertThat(event.isSet()).isTrue();
        event.clear();
        assertThat(event.isSet()).isFalse();
    }

    @Test
    @PortOf("test_locks.clear_with_waiters")
    void setWakesThoseWhoWaitAlsoIfClearFollowsAtOnce() {
        loop.run(() -> {
            Task<?> waiter = createTask(awaitEvent("woken"));
            yieldNow();
            assertThat(trail.entries()).isEmpty();
            event.set();
            event.clear();
            assertThat(event.isSet()).isFalse();
            event.set();
            event.set();
            assertThat(event).hasToString("Event[set, waiters=1]");
            yieldNow();
            assertThat(trail.entries()).containsExactly("woken");
            assertThat(event).hasToString("Event[set]");
            assertThat(waiter.isDone()).isTrue();
        });
    }
}
