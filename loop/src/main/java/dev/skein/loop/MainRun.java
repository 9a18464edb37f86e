package dev.skein.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How plain threads hand coroutines to a loop: a whole program's main, or one coroutine to a loop that runs. */
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
        loop.eventLoop().terminationFuture().awaitUninterruptibly(loop.closeTimeoutNanos(), TimeUnit.NANOSECONDS);
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

    static <T extends @Nullable Object> CompletableFuture<T> submit(Awaitable<? extends T> body, Loop loop) {
        CompletableFuture<T> theirs = new CompletableFuture<>();
        boolean accepted = loop.executeUnlessClosed(() -> start(body, loop, theirs));
        if (!accepted) {
            throw Loop.closedError();
        }
        return theirs;
    }

    private static <T extends @Nullable Object> void start(
            Awaitable<? extends T> body, Loop loop, CompletableFuture<T> theirs) {
        if (loop.isClosed()) {
            theirs.completeExceptionally(Loop.closedError());
            return;
        }
        loop.callSoon(() -> {
            if (theirs.isCancelled()) {
                return;
            }
            try {
                ForeignFuture.link(loop.ensureFuture(body), theirs);
            } catch (Throwable notStarted) {
                theirs.completeExceptionally(notStarted);
            }
        });
    }
}
