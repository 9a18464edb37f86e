package dev.skein.loop;

/**
 * A handler of ours for one signal, from its making until it is removed: then the previous handler handles the signal
 * again, unless other code has taken it meanwhile. Any thread.
 */
final class SignalRegistration {
    private final JvmSignal signal;
    private final Runnable action;
    private final Object handler;
    private final Object before;
    private volatile boolean removed;

    /** Handles {@code name} from now on; {@code action} is called on a thread of the JVM's. */
    SignalRegistration(String name, Runnable action) {
        this.action = action;
        this.signal = JvmSignal.of(name);
        this.handler = signal.handler(this::received);
        this.before = signal.handle(handler);
    }

    /** Called by the JVM for each signal, on a thread of its own: also some time after the signal came. */
    void received() {
        if (removed) {
            // Other code that had it after us has put it back, or it came before: it is for the one that has it now.
            remove();
            signal.raise();
        } else {
            action.run();
        }
    }

    /** Whether the previous handler was the JVM's own, and not another one or none. */
    boolean replacesJvmOwn() {
        return signal.isJvmOwn(before);
    }

    void remove() {
        removed = true;
        Object current = signal.handle(before);
        if (current != handler) {
            signal.handle(current);
        }
    }
}
