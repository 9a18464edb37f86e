package dev.skein.loop.sync;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.CancelledError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One random program: a few workers use one object, and are cancelled now and then, also in the very round in which they
 * were given what they wait for. A worker that is cancelled goes on with its next action. Its seed is all there is to it.
 */
final class Program {
    /** In virtual time: when it is over, nobody is about to go on by itself. */
    private static final Duration MOMENT = Duration.ofNanos(1);

    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofHours(1);

    private final SplittableRandom random;
    private final List<Worker> workers = new ArrayList<>();
    private final Model model;
    private boolean stopping;
    private @Nullable Throwable failure;

    Program(long seed) {
        random = new SplittableRandom(seed);
        model = switch (random(7)) {
            case 0 -> new LockModel(this);
            case 1 -> new SemaphoreModel(this);
            case 2 -> new EventModel(this);
            case 3 -> new ConditionModel(this);
            case 4 -> new BarrierModel(this);
            default -> new QueueModel(this);
        };
    }

    /** Runs it, in a coroutine of a loop in virtual time, until each worker has ended. */
    void run() throws Throwable {
        for (int count = 2 + random(3); count > 0; count--) {
            Worker worker = new Worker();
            workers.add(worker);
            worker.task = createTask(() -> work(worker));
        }
        for (int turns = 2 + random(8); turns > 0 && failure == null; turns--) {
            takeTurn();
        }
        settle(LONG);
        stopping = true;
        workers.forEach(Worker::cancel);
        settle(LONG);
        for (Worker worker : workers) {
            if (worker.task != null && !worker.task.isDone()) {
                throw new AssertionError("a worker has not ended: " + worker.task + ", " + model.describe());
            }
        }
    }

    private void takeTurn() throws Throwable {
        switch (random(8)) {
            case 0 -> settle(MOMENT);
            case 1 -> anyWorker().cancel();
            case 2 -> {
                model.poke();
                anyWorker().cancel();
            }
            case 3 -> model.poke();
            default -> yieldNow();
        }
    }

    private void settle(Duration length) throws Throwable {
        sleep(length);
        if (failure != null) {
            throw failure;
        }
        model.checkSettled();
    }

    private void work(Worker me) {
        try {
            for (int actions = 1 + random(4); actions > 0 && !stopping; actions--) {
                act(me);
            }
        } catch (Throwable e) {
            failure = failure == null ? e : failure;
        }
    }

    private void act(Worker me) {
        try {
            if (chance(3)) {
                yieldNow();
            }
            model.act(me);
            model.check(!me.isCancelled, "a cancellation is thrown");
        } catch (CancelledError e) {
            model.check(me.isCancelled, "only a cancellation is thrown");
            me.isCancelled = false;
        }
    }

    /** Lets the others go on, for some rounds or until all have nothing more to do. */
    void pause() {
        switch (random(4)) {
            case 0 -> sleep(PAUSE);
            case 1 -> yieldNow();
            case 2 -> {
                yieldNow();
                yieldNow();
            }
            default -> {}
        }
    }

    /** Perhaps cancels another worker, in this round. */
    void disturb(Worker me) {
        if (chance(4)) {
            Worker other = anyWorker();
            if (other != me) {
                other.cancel();
            }
        }
    }

    private Worker anyWorker() {
        return workers.get(random(workers.size()));
    }

    int random(int bound) {
        return random.nextInt(bound);
    }

    /** True once in {@code times}. */
    boolean chance(int times) {
        return random.nextInt(times) == 0;
    }
}
