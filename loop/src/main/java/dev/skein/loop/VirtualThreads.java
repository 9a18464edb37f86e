package dev.skein.loop;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads with a scheduler of their own: all that Skein takes from inside the JDK, and what the flag is for. Without
 * it, or in another JDK, the methods throw an error, but for {@link #probe}. Any thread.
 */
final class VirtualThreads {
    /** It names the module that Skein is in: opened to another, {@code java.lang} stays closed to this class. */
    static final String FLAG = "--add-opens java.base/java.lang=" + moduleName();

    private static String moduleName() {
        Module mine = VirtualThreads.class.getModule();
        return mine.isNamed() ? mine.getName() : "ALL-UNNAMED";
    }

    /** In a class of its own, since a class must not need its subclass while it is initialised. */
    private static final class Mode {
        /** Set once: whether this JVM lets a loop mount virtual threads. */
        static final boolean MOUNTS;

        private static final String WHAT_DIFFERS = ": coroutines run as ordinary virtual threads,"
                + " which is slower, and a JDK call that blocks stops its loop";

        // Opened first: Jdk fails in its initialiser if the package is closed, and is then of no use again.
        static {
            Optional<String> cure = AgentOpening.isOpen() ? Optional.empty() : AgentOpening.open();
            MOUNTS = cure.isEmpty() && probe();
            if (cure.isPresent()) {
                LoopLog.warn("started without " + FLAG + WHAT_DIFFERS + "; " + cure.get());
            } else if (!MOUNTS) {
                LoopLog.warn("this JVM, " + Runtime.version() + ", has no virtual threads that Skein can mount"
                        + WHAT_DIFFERS);
            }
        }
    }

    private static final int INHERITS = 0;

    /** As {@code Thread.NO_INHERIT_THREAD_LOCALS}. */
    private static final int INHERITS_NOTHING = 1 << 2;

    /** In a class of its own, whose initialisation fails where the JDK does not give this. */
    private static final class Jdk {
        static final MethodHandle NEW_VIRTUAL_THREAD;
        static final VarHandle SCHEDULER_OF_THREAD;
        static final Executor DEFAULT_SCHEDULER;
        static final VarHandle INHERITABLE_OF_THREAD;
        static final MethodHandle INHERIT;
        static final VarHandle SIZE_OF_INHERITABLE;

        static {
            try {
                Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
                MethodHandles.Lookup inside = MethodHandles.privateLookupIn(virtualThread, MethodHandles.lookup());
                SCHEDULER_OF_THREAD = inside.findVarHandle(virtualThread, "scheduler", Executor.class);
                DEFAULT_SCHEDULER = (Executor)
                        inside.findStatic(virtualThread, "defaultScheduler", MethodType.methodType(Executor.class))
                                .invoke();
                NEW_VIRTUAL_THREAD = inside.findStatic(
                        Class.forName("java.lang.ThreadBuilders"),
                        "newVirtualThread",
                        MethodType.methodType(Thread.class, Executor.class, String.class, int.class, Runnable.class));
                Class<?> values = Class.forName("java.lang.ThreadLocal$ThreadLocalMap");
                INHERITABLE_OF_THREAD = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
                        .findVarHandle(Thread.class, "inheritableThreadLocals", values);
                INHERIT = inside.findStatic(
                                ThreadLocal.class, "createInheritedMap", MethodType.methodType(values, values))
                        .asType(MethodType.methodType(Object.class, Object.class));
                SIZE_OF_INHERITABLE = MethodHandles.privateLookupIn(values, MethodHandles.lookup())
                        .findVarHandle(values, "size", int.class);
            } catch (Throwable refused) {
                throw new ExceptionInInitializerError(refused);
            }
        }
    }

    /** What is needed to have others run while a thread is parked that cannot be unmounted; null in a JDK that differs. */
    private record Pinning(VarHandle state, int pinned, VarHandle parkPermit) {
        static final @Nullable Pinning HERE = find();

        private static @Nullable Pinning find() {
            try {
                Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
                MethodHandles.Lookup inside = MethodHandles.privateLookupIn(virtualThread, MethodHandles.lookup());
                return new Pinning(
                        inside.findVarHandle(virtualThread, "state", int.class),
                        (int) inside.findStaticVarHandle(virtualThread, "PINNED", int.class)
                                .get(),
                        inside.findVarHandle(virtualThread, "parkPermit", boolean.class));
            } catch (ReflectiveOperationException | RuntimeException differs) {
                return null;
            }
        }

        boolean isPinned(Thread virtual) {
            return (int) state.getVolatile(virtual) == pinned;
        }
    }

    private VirtualThreads() {}

    /** Whether loops mount coroutines here, and do not only take turns with them. */
    static boolean areMounted() {
        return Mode.MOUNTS;
    }

    /** Whether the flag would let loops mount coroutines here. */
    static boolean lackFlag() {
        return !Mode.MOUNTS && !AgentOpening.isOpen();
    }

    /** Thread-locals that inherit are the caller's as they are now. */
    static Thread unstarted(Executor scheduler, String name, Runnable body) {
        return newThread(scheduler, name, INHERITS, body);
    }

    /** The context class loader is the caller's all the same, as a thread's mostly is. */
    static Thread unstartedWithoutInheritance(Executor scheduler, String name, Runnable body) {
        Thread made = newThread(scheduler, name, INHERITS_NOTHING, body);
        made.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        return made;
    }

    private static Thread newThread(Executor scheduler, String name, int characteristics, Runnable body) {
        try {
            return (Thread) Jdk.NEW_VIRTUAL_THREAD.invokeExact(scheduler, name, characteristics, body);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Of a virtual thread. */
    static Executor schedulerOf(Thread virtual) {
        return (Executor) Jdk.SCHEDULER_OF_THREAD.get(virtual);
    }

    /** The thread-locals that a thread made by the caller would inherit now, as a copy; null if there are none. */
    static @Nullable Object inheritance() {
        Object mine = Jdk.INHERITABLE_OF_THREAD.get(Thread.currentThread());
        return mine == null || (int) Jdk.SIZE_OF_INHERITABLE.get(mine) == 0 ? null : inherited(mine);
    }

    private static Object inherited(Object values) {
        try {
            return Jdk.INHERIT.invokeExact(values);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Whether the caller has inheritable thread-locals, or had. */
    static boolean mayHaveInheritable() {
        return Jdk.INHERITABLE_OF_THREAD.get(Thread.currentThread()) != null;
    }

    /** Gives the caller what {@link #inheritance} gave, itself and not a copy, in place of what it had; null is nothing. */
    static void setInheritable(@Nullable Object values) {
        Jdk.INHERITABLE_OF_THREAD.set(Thread.currentThread(), values);
    }

    /** Has the JDK's own scheduler run a continuation. */
    static void runOnJdk(Runnable continuation) {
        Jdk.DEFAULT_SCHEDULER.execute(continuation);
    }

    /** Whether {@code virtual} is parked, without a limit of time, on a carrier that it keeps: it could not be unmounted. */
    static boolean isParkedOnCarrier(Thread virtual) {
        return Pinning.HERE != null && Pinning.HERE.isPinned(virtual);
    }

    /**
     * Has a thread that is parked on its {@code carrier} stay parked until a thread unparks the carrier: it has its permit now, so
     * that the JDK takes it for one that continues already, and does not wake it.
     *
     * @return false if it is not parked there, or about to continue. Either way the caller must unpark the carrier afterwards: the
     *     park returns, as any may for no reason, and the waiting code tests again
     */
    static boolean keepParked(Thread virtual, Thread carrier) {
        Pinning jdk = Pinning.HERE;
        if (jdk == null || !jdk.isPinned(virtual) || (boolean) jdk.parkPermit.getAndSet(virtual, true)) {
            return false;
        }
        // Code that waits on the carrier now has looked for a permit before, and found none.
        return jdk.isPinned(virtual) && carrier.getState() == Thread.State.WAITING;
    }

    /**
     * Whether this JVM gives all this: takes one thread through start, suspend, resume and finish. The handles being there
     * would not be enough, since a JVM can have virtual threads without continuations.
     */
    static boolean probe() {
        return CompletableFuture.supplyAsync(VirtualThreads::mountsOne, VirtualThreads::startProbe)
                .join();
    }

    /** The caller may be a virtual thread, which cannot mount another; and to mount one takes an interrupt of whoever does. */
    private static void startProbe(Runnable probe) {
        Thread.ofPlatform()
                .daemon()
                .name("skein-probe")
                .inheritInheritableThreadLocals(false)
                .start(probe);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield is how a coroutine suspends
    private static boolean mountsOne() {
        Runnable[] request = new Runnable[1];
        boolean[] ran = new boolean[2];
        Executor scheduler = r -> request[0] = r;
        try {
            Thread thread = unstarted(scheduler, "skein-probe", () -> {
                ran[0] = schedulerOf(Thread.currentThread()) == scheduler;
                Thread.yield();
                ran[1] = true;
            });
            thread.start();
            request[0].run();
            boolean suspended = ran[0] && !ran[1];
            request[0].run();
            return suspended && ran[1] && !thread.isAlive();
        } catch (RuntimeException | Error e) {
            return false;
        }
    }
}
