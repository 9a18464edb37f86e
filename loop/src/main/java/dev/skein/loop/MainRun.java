package dev.skein.loop;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole program: its main in a loop of its own, which ends with the JVM. */
final class MainRun {
    private MainRun() {}

    static <T extends @Nullable Object> T run(Awaitable<? extends T> main, LoopOptions options) {
        Run.checkOutsideLoops();
        Loop loop = new Loop(options);
        Run<T> run = new Run<>(loop, main);
        Thread hook = new Thread(() -> endWithJvm(loop, run), "skein-shutdown");
        addShutdownHook(hook);
        try (loop) {
            return run.execute();
        } finally {
            removeShutdownHook(hook);
        }
    }

    private static void endWithJvm(Loop loop, Run<?> run) {
        run.cancel("the JVM is shutting down");
        loop.eventLoop()
                .terminationFuture()
                .awaitUninterruptibly(loop.state().closeTimeoutNanos(), TimeUnit.NANOSECONDS);
    }

    private static void addShutdownHook(Thread hook) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The JVM is ending already: this run ends with it.
        }
    }

    private static void removeShutdownHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is what ends this run.
        }
    }
}
