package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines, callbacks and timers of some loops and two plain threads all do the same, over and over, until each loop has
 * done it so many times. Whoever meets another in it may have to wait; a loop that waits for ever makes the test fail as
 * soon as no step has been made for a while.
 */
final class Contest {
    private static final int STEPS = 20_000;
    private static final int COROUTINES = 4;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int LOOKS_IN_VAIN = 50;

    private final Runnable step;
    private final AtomicLong steps = new AtomicLong();
    private volatile boolean over;

    private Contest(Runnable step) {
        this.step = step;
    }

    static void between(int loops, Runnable step) throws Exception {
        between(Transport.preferred(), loops, STEPS, step);
    }

    static void between(Transport transport, int loops, int steps, Runnable step) throws Exception {
        Contest contest = new Contest(step);
        LoopGroup group = Lost.group(transport, loops);
        try {
            contest.hold(group, loops, steps);
        } finally {
            contest.over = true;
        }
        Lost.close(group);
    }

    private void hold(LoopGroup group, int loops, int stepsEach) throws Exception {
        for (int i = 0; i < 2; i++) {
            Thread.ofPlatform().daemon().name("contestant").start(this::disturb);
        }
        List<CompletableFuture<@Nullable Void>> ends = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            ends.add(runCoroutineThreadsafe((Action) () -> new OnLoop(stepsEach).run(), Loop.of(group.next())));
        }
        awaitAll(CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)));
    }

    private void disturb() {
        while (!over) {
            step.run();
        }
    }

    private void awaitAll(CompletableFuture<Void> ends) throws Exception {
        long seen = 0;
        int looksInVain = 0;
        while (looksInVain < LOOKS_IN_VAIN) {
            try {
                ends.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                long now = steps.get();
                looksInVain = now == seen ? looksInVain + 1 : 0;
                seen = now;
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
        fail("a loop is lost: after " + seen + " steps there were none for "
                + LOOK.multipliedBy(LOOKS_IN_VAIN).toSeconds() + " s");
    }

    /** The part of one loop. Loop only. */
    private final class OnLoop {
        private int left;

        OnLoop(int steps) {
            left = steps;
        }

        void run() {
            List<Task<?>> all = new ArrayList<>();
            for (int i = 0; i < COROUTINES; i++) {
                all.add(createTask(this::coroutine));
            }
            callback();
            timer();
            gather(all).await();
        }

        private void coroutine() {
            while (step()) {
                yieldNow();
            }
        }

        private void callback() {
            if (step()) {
                Loop.current().callSoon(this::callback);
            }
        }

        private void timer() {
            if (step()) {
                Loop.current().callLater(Duration.ofNanos(50_000), this::timer);
            }
        }

        private boolean step() {
            if (left == 0) {
                return false;
            }
            left--;
            step.run();
            steps.incrementAndGet();
            return true;
        }
    }
}
