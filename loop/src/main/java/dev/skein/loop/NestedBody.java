package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * Code with a stack of its own that runs in the task of the code that enters it, its host: the body of a generator.
 *
 * <pre>
 *  host                              guest
 *  enter ----- switchTo ----------&gt;  runs, awaits, blocks: in the host's task
 *  goes on &lt;-- switchTo -----------  leave
 *  enter ----- switchTo ----------&gt;  goes on; this may be another host, in another task
 *  goes on &lt;-- resumeNext ---------  ends
 * </pre>
 *
 * <p>Host and guest never run at once, and no callback runs between the one and the other: to the loop they are one
 * step. While the guest is in, the task's stack is the guest's, so that a wake-up, a cancellation and an interrupt find
 * it; the interrupt flag, which belongs to a thread, goes with the task. Guests can be hosts. Loop only.
 */
@Plumbing
abstract class NestedBody extends Coroutine.Body {
    private final String name;

    /** Set by the first host, and kept: a guest stays in its loop. */
    private @Nullable Loop loop;

    private @Nullable Coroutine stack;

    /** Null while it is not in. */
    private @Nullable Coroutine host;

    /** The interrupt flag on its way from one thread to the other. */
    private boolean interrupted;

    NestedBody(String name) {
        this.name = name;
    }

    /** Its whole life, on its own stack. It throws nothing. */
    abstract void live();

    /** Instead of {@link #live}, where the JVM has no memory for the thread. On the loop's thread. */
    abstract void notStarted(Throwable why);

    final String name() {
        return name;
    }

    final @Nullable Loop loop() {
        return loop;
    }

    @Override
    final @Nullable Coroutine host() {
        return host;
    }

    /** Its stack, if it has begun and not ended; for a thread that looks from outside. */
    final @Nullable Coroutine stackSeenFromOutside() {
        return stack;
    }

    /** Whether the guest's own code is calling. */
    final boolean isCaller() {
        return stack != null && Coroutine.current() == stack;
    }

    /** Lets it in until it leaves or ends; if this throws, it was not in. The first time its stack is made, by the caller. */
    final void enter(Coroutine caller) {
        if (stack == null) {
            loop = caller.loop();
            stack = Coroutine.of(caller.loop(), this, name);
        }
        Coroutine mine = stack;
        Task<?> task = caller.task();
        Coroutine.requireStack(Coroutine.HAND_OVER_FRAMES);
        try {
            comeIn(mine, caller, task);
            takeInterrupt();
            caller.switchTo(mine);
        } catch (Throwable notSuspended) {
            goOut(mine, caller, task);
            throw notSuspended;
        } finally {
            giveInterrupt();
        }
    }

    /** Goes back to the host until it, or another, enters again. Called by the guest; if this throws, it is still in. */
    final void leave() {
        Coroutine mine = requireStack();
        Coroutine caller = requireHost();
        Coroutine.requireStack(Coroutine.HAND_OVER_FRAMES);
        try {
            // Not in a local variable: this frame stays, and would keep a task that may be done long before.
            goOut(mine, caller, mine.task());
            takeInterrupt();
            mine.switchTo(caller);
        } catch (Throwable notSuspended) {
            comeIn(mine, caller, caller.task());
            throw notSuspended;
        } finally {
            giveInterrupt();
        }
    }

    @Override
    final void run() {
        giveInterrupt();
        live();
        takeInterrupt();
        goBackForGood();
    }

    @Override
    final void failBeforeStart(Throwable why) {
        notStarted(why);
        goBackForGood();
    }

    private void goBackForGood() {
        Coroutine mine = requireStack();
        Coroutine caller = requireHost();
        goOut(mine, caller, mine.task());
        stack = null;
        caller.resumeNext();
    }

    private void comeIn(Coroutine mine, Coroutine caller, Task<?> task) {
        host = caller;
        mine.setTask(task);
        task.setInnermostStack(mine);
    }

    private void goOut(Coroutine mine, Coroutine caller, Task<?> task) {
        task.setInnermostStack(caller);
        mine.setTask(null);
        host = null;
    }

    private void takeInterrupt() {
        interrupted = Thread.interrupted();
    }

    private void giveInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    private Coroutine requireStack() {
        if (stack == null) {
            throw new IllegalStateException("generator body has not started or has ended: " + name);
        }
        return stack;
    }

    private Coroutine requireHost() {
        if (host == null) {
            throw new IllegalStateException("generator body is not running: " + name);
        }
        return host;
    }
}
