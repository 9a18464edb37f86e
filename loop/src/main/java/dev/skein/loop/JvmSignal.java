package dev.skein.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A signal of the operating system, and its handler in this JVM: {@code sun.misc.Signal}, the one way to it. Called by
 * its name alone, since javac warns of it whatever one says, and since a JVM may lack it. Any thread.
 */
final class JvmSignal {
    /** How {@code sun.misc.Signal} is called, in a JVM that has it. */
    private record Api(
            MethodHandle signal,
            MethodHandle handle,
            MethodHandle raise,
            Class<?> handlerType,
            MethodHandle run,
            Object ignore) {
        static @Nullable Api find() {
            try {
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                Class<?> type = Class.forName("sun.misc.Signal");
                Class<?> handler = Class.forName("sun.misc.SignalHandler");
                return new Api(
                        lookup.findConstructor(type, MethodType.methodType(void.class, String.class)),
                        lookup.findStatic(type, "handle", MethodType.methodType(handler, type, handler)),
                        lookup.findStatic(type, "raise", MethodType.methodType(void.class, type)),
                        handler,
                        lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class)),
                        handler.getField("SIG_IGN").get(null));
            } catch (ReflectiveOperationException none) {
                return null;
            }
        }
    }

    private static final @Nullable Api API = Api.find();

    private final Api api;
    private final String name;
    private final Object signal;

    private JvmSignal(Api api, String name, Object signal) {
        this.api = api;
        this.name = name;
        this.signal = signal;
    }

    /**
     * The signal of that name, such as {@code TERM}.
     *
     * @throws UnsupportedOperationException in a JVM without support for signals
     * @throws IllegalArgumentException if there is no such signal
     */
    static JvmSignal of(String name) {
        Api api = API;
        if (api == null) {
            throw new UnsupportedOperationException(
                    "cannot handle signals without sun.misc.Signal: add the module jdk.unsupported");
        }
        try {
            return new JvmSignal(api, name, api.signal.invoke(name));
        } catch (Throwable unknown) {
            throw new IllegalArgumentException(
                    "unknown signal " + name + ": name it as kill does, without SIG, such as TERM", unknown);
        }
    }

    /**
     * Sets the handler of the signal to {@code handler}, from {@link #handler} or from an earlier call of this.
     *
     * @return the handler until now
     * @throws IllegalStateException if the JVM or the operating system reserves it
     */
    Object handle(Object handler) {
        try {
            return api.handle.invoke(signal, handler);
        } catch (Throwable kept) {
            throw new IllegalStateException(
                    "signal " + name + " cannot be caught: the JVM or the operating system reserves it", kept);
        }
    }

    /** Makes {@code action} a handler. The JVM calls it on a thread of its own for each signal that comes. */
    Object handler(Runnable action) {
        return MethodHandleProxies.asInterfaceInstance(
                api.handlerType, MethodHandles.dropArguments(api.run.bindTo(action), 0, signal.getClass()));
    }

    /** Whether {@code handler}, which took the signal, is what the JVM began with, and does not ignore it. */
    boolean isJvmOwn(Object handler) {
        // The class of one of ours has the loader of what it implements, which is the JVM's.
        return handler != api.ignore
                && !MethodHandleProxies.isWrapperInstance(handler)
                && handler.getClass().getClassLoader() == null;
    }

    /** Sends it to this very process. */
    void raise() {
        try {
            api.raise.invoke(signal);
        } catch (Throwable refused) {
            throw new IllegalStateException("cannot raise signal " + name, refused);
        }
    }
}
