package dev.skein.loop.sync;

import dev.skein.loop.Future;
import dev.skein.loop.Suspends;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits for the coroutines of one loop: asyncio's {@code Semaphore}. {@link #acquire} takes a permit, or waits
 * for one; {@link #release} adds one.
 *
 * {@snippet :
 * Semaphore connections = new Semaphore(10);
 * for (String name : List.of("news", "mail")) {
 *     createTask(() -> {
 *         try (Hold _ = connections.hold()) {
 *             process(fetch(name));
 *         }
 *     });
 * }
 * }
 *
 * <p>The semaphore is fair: a permit that becomes free belongs to the oldest waiter from that moment on, and a newcomer
 * queues behind the waiters. A waiter that was given a permit and is then cancelled passes it on. Permits have no owner: any
 * coroutine or callback may release one, even one that was never acquired. {@link BoundedSemaphore} refuses that.
 *
 * <p>A semaphore can be created anywhere, and belongs to the first loop that waits for it, as {@link Lock} does.
 */
public sealed class Semaphore permits BoundedSemaphore {
    private final LoopBinding binding = new LoopBinding();
    private final Waiters waiters = new Waiters();
    private final Hold hold = this::release;
    private int value;

    /** Creates a semaphore with one permit. */
    public Semaphore() {
        this(1);
    }

    /**
     * Creates a semaphore with {@code value} permits.
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public Semaphore(int value) {
        if (value < 0) {
            throw new IllegalArgumentException("value < 0: " + value);
        }
        this.value = value;
    }

    /**
     * Acquires a permit, suspending the caller until there is one and no earlier waiter is left.
     *
     * @throws dev.skein.loop.CancelledError if the caller is cancelled; it does not have a permit then
     * @throws IllegalStateException in a coroutine of another loop, or if it would wait outside a coroutine
     */
    @Suspends
    public final void acquire() {
        binding.checkLoop(this);
        if (isLocked()) {
            awaitPermit(binding.createFuture(this, "Semaphore.acquire"));
        } else {
            value--;
        }
    }

    /** Suspends the caller until it has a permit. The code that wakes it takes the permit out. */
    private void awaitPermit(Future<@Nullable Void> turn) {
        try {
            waiters.await(turn);
        } catch (Throwable notTaken) {
            if (Waiters.wasGranted(turn)) {
                value++;
            }
            throw notTaken;
        } finally {
            // Others may have queued behind us although there are permits.
            grant();
        }
    }

    private void grant() {
        value -= waiters.wake(value);
    }

    /** Adds a permit, which goes to the oldest waiter if there is one. */
    public void release() {
        checkThread();
        value++;
        value -= waiters.wake(1);
    }

    /** Acquires a permit, and returns an object whose {@link Hold#close} releases it. */
    @Suspends
    public final Hold hold() {
        acquire();
        return hold;
    }

    /** Returns whether {@link #acquire} would wait now, for a permit or behind others: asyncio's {@code locked}. */
    public final boolean isLocked() {
        return value == 0 || waiters.hasLive();
    }

    final void checkThread() {
        binding.checkThread();
    }

    /** The permits that no waiter was given. */
    final int value() {
        return value;
    }

    @Override
    public final String toString() {
        String state = isLocked() ? "locked" : "unlocked";
        return getClass().getSimpleName() + "[" + state + ", value=" + value + waiters.describe() + "]";
    }
}
