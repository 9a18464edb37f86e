package dev.skein.loop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The signals of the operating system that a loop handles, each with its callback. Loop only. */
final class SignalHandlers {
    private record Handled(
            SignalRegistration handler,
            Runnable callback,
            @Nullable Context context) {}

    private final Loop loop;
    private final Map<String, Handled> signals = new HashMap<>();

    SignalHandlers(Loop loop) {
        this.loop = loop;
    }

    void add(String signal, Runnable callback) {
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(callback, "callback");
        Handled old = signals.get(signal);
        if (old == null) {
            SignalRegistration handler = new SignalRegistration(signal, () -> received(signal));
            loop.externalWork().awaits(1);
            signals.put(signal, new Handled(handler, callback, Context.ofCaller()));
        } else {
            signals.put(signal, new Handled(old.handler(), callback, Context.ofCaller()));
        }
    }

    boolean remove(String signal) {
        Handled old = signals.remove(Objects.requireNonNull(signal, "signal"));
        if (old == null) {
            JvmSignal.of(signal);
            return false;
        }
        loop.externalWork().awaits(-1);
        old.handler().remove();
        return true;
    }

    /** On a thread of the JVM's. */
    private void received(String signal) {
        loop.executeUnlessClosed(() -> {
            Handled now = signals.get(signal);
            if (now != null) {
                loop.makeReady(new Handle(loop, now.callback(), now.context()));
            }
        });
    }

    /** The loop is closed: each signal goes to its previous handler again. */
    void loopClosed() {
        List<Handled> all = List.copyOf(signals.values());
        signals.clear();
        all.forEach(handled ->
                loop.errors().attempt("cannot restore the previous handler of a signal", handled.handler()::remove));
    }
}
