package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/**
 * The running half of a {@link Generator}: its body, on a stack of its own, as a guest of its consumers. It does not know
 * the generator, so that one that is no longer reachable is collected, and its body closed.
 *
 * <pre>
 *  CREATED -> RUNNING   advance: the first consumer
 *  CREATED -> DONE      close: the body never runs
 *  RUNNING -> PAUSED    emit
 *  PAUSED  -> RUNNING   advance
 *  PAUSED  -> CLOSING   close: emit throws GeneratorExit
 *  RUNNING -> DONE      the body has ended
 *  CLOSING -> DONE      the body has ended, or has emitted again and again
 * </pre>
 *
 * <p>Loop only.
 */
@Plumbing
final class GeneratorBody<T extends @Nullable Object> extends NestedBody implements AutoCloseable {
    private enum State {
        CREATED,
        RUNNING,
        PAUSED,
        CLOSING,
        DONE
    }

    /** Dropped when it begins, or never will: the generator may be kept for longer. */
    private Generator.@Nullable Body<T> body;

    private State state = State.CREATED;

    /** What was emitted and not taken yet; the item itself may be null. */
    private boolean hasItem;

    private @Nullable T item;

    /** What the body threw, on its way to the consumer. */
    private @Nullable Throwable failure;

    /** What an emit during close got; the second one gets no answer. */
    private @Nullable IllegalStateException refusal;

    private @Nullable Collected whenCollected;

    GeneratorBody(Generator.Body<T> body, String name) {
        super(name);
        this.body = body;
    }

    // The consumer's side.

    /** Runs the body until there is an item or the body has ended: whether there is one. */
    boolean advance(Generator<T> generator) {
        Coroutine me = Coroutine.require("an iteration over a generator");
        requireLoopOf(me);
        if (hasItem) {
            return true;
        }
        if (state == State.DONE) {
            return false;
        }
        requireIdle();
        if (state == State.CREATED) {
            begin(me, generator);
        } else {
            enterAs(State.RUNNING, me);
        }
        return hasItem;
    }

    @SuppressWarnings("NullAway") // where T admits null, null is an item
    T takeItem() {
        T taken = item;
        item = null;
        hasItem = false;
        return taken;
    }

    /** Ends the body, so that each {@code finally} in it has run. */
    @Override
    public void close() {
        if (state == State.CREATED || state == State.DONE) {
            state = State.DONE;
            body = null;
            return;
        }
        Coroutine me = Coroutine.require("close() of a generator");
        requireLoopOf(me);
        requireIdle();
        dropItem();
        enterAs(State.CLOSING, me);
    }

    private void dropItem() {
        item = null;
        hasItem = false;
    }

    private void begin(Coroutine me, Generator<T> generator) {
        try {
            register(me.loop(), generator);
            enterAs(State.RUNNING, me);
        } finally {
            if (state == State.CREATED) {
                unregister(me.loop());
            }
        }
    }

    private void enterAs(State entered, Coroutine me) {
        State before = state;
        state = entered;
        try {
            enter(me);
        } catch (Throwable notSuspended) {
            state = before;
            throw notSuspended;
        }
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            throw Failures.unchecked(thrown);
        }
    }

    private void requireLoopOf(Coroutine me) {
        Loop mine = loop();
        if (mine != null && mine != me.loop()) {
            throw new IllegalStateException(
                    this + " has begun in another loop than that of " + me.task() + ": use a generator in one loop");
        }
    }

    private void requireIdle() {
        Coroutine host = host();
        if (host != null) {
            throw new IllegalStateException(
                    this + " is already running in " + host.task().toName()
                            + ": a generator has one consumer at a time; for several, put the items into a Queue");
        }
    }

    // The body's side.

    @Override
    @SuppressWarnings("NullAway") // it has not begun before
    void live() {
        Generator.Body<T> mine = body;
        body = null;
        try {
            mine.run(new Generator.Emitter<>(this));
        } catch (GeneratorExit exit) {
            failure = state == State.CLOSING ? null : exit;
        } catch (Throwable thrown) {
            failure = hostTask().meaningOf(thrown);
        } finally {
            end();
        }
    }

    @Override
    void notStarted(Throwable why) {
        failure = why;
        end();
    }

    private void end() {
        state = State.DONE;
        body = null;
        if (failure == null) {
            failure = refusal;
        }
        Loop mine = loop();
        if (mine != null) {
            unregister(mine);
        }
    }

    private Task<?> hostTask() {
        return Coroutine.require("the body of a generator").task();
    }

    void emit(T value) {
        if (!isCaller()) {
            throw new IllegalStateException(
                    "emit() outside the body of " + this + ": call it in the body's own code, not in"
                            + " a task, callback, thread or generator that the body started");
        }
        if (state == State.CLOSING) {
            refuse();
        }
        item = value;
        hasItem = true;
        state = State.PAUSED;
        try {
            leave();
        } catch (Throwable notSuspended) {
            state = State.RUNNING;
            dropItem();
            throw notSuspended;
        }
        if (state == State.CLOSING) {
            throw new GeneratorExit();
        }
    }

    private void refuse() {
        if (refusal == null) {
            refusal = new IllegalStateException(
                    "emit() while " + this + " is being closed: let the GeneratorExit leave the"
                            + " body, and do not emit in a finally block");
            throw refusal;
        }
        // It catches whatever it gets: a loop that would never end. It is left where it stands.
        end();
        while (true) {
            leave();
        }
    }

    // No code uses it any more.

    private void register(Loop loop, Generator<T> generator) {
        loop.openGenerators().add(this);
        whenCollected = new Collected(generator) {
            @Override
            void collected() {
                loop.executeUnlessClosed(() -> closeSoon(loop));
            }
        };
    }

    private void unregister(Loop loop) {
        loop.openGenerators().remove(this);
        if (whenCollected != null) {
            whenCollected.clear();
        }
    }

    /** It stays among the open things until it has ended, in case the loop closes first; not if that closes it already. */
    private void closeSoon(Loop loop) {
        if (loop.openGenerators().contains(this)) {
            loop.createTask(this::closeIfPaused, "close " + this);
        }
    }

    private void closeIfPaused() {
        if (state == State.PAUSED) {
            close();
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
