package dev.skein.net.torture;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.Action;
import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import java.time.Duration;
import java.util.Random;

/** A coroutine that uses what is shared, and between two uses awaits in one of the ways that there are. */
final class Coroutines {
    private final Torture torture;
    private final Random random;

    private Coroutines(Torture torture, Random random) {
        this.torture = torture;
        this.random = random;
    }

    static Part start(Torture torture, Loop loop, String where, Random random) {
        Pulse pulse = new Pulse(where + "'s coroutine");
        Coroutines it = new Coroutines(torture, random);
        return new Part(where, pulse, runCoroutineThreadsafe((Action) () -> it.work(pulse), loop));
    }

    /** One that does nothing but beat, so that its loop is seen to. */
    static Part heart(Torture torture, Loop loop, String where) {
        Pulse pulse = new Pulse(where + "'s coroutine that only beats");
        Action beat = () -> {
            while (!torture.isClosing()) {
                pulse.beat();
                sleep(Duration.ofMillis(50));
            }
        };
        return new Part(where, pulse, runCoroutineThreadsafe(beat, loop));
    }

    private void work(Pulse pulse) {
        while (!torture.isClosing()) {
            torture.useOne(random);
            pulse.beat();
            rest();
        }
    }

    private void rest() {
        switch (random.nextInt(16)) {
            case 0, 1 -> sleep(Duration.ofNanos(random.nextInt(2_000_000)));
            case 2 -> awaitChild();
            case 3 -> awaitCallback();
            case 4 -> awaitThread();
            case 5 -> {}
            default -> yieldNow();
        }
    }

    private void awaitChild() {
        Random ofChild = new Random(random.nextLong());
        createTask(() -> torture.useOne(ofChild)).await();
    }

    private void awaitCallback() {
        Future<Boolean> future = Loop.current().createFuture();
        future.addDoneCallback(done -> torture.useOne(random));
        Loop.current().callSoon(() -> future.setResult(true));
        future.await();
    }

    private void awaitThread() {
        toThread(() -> {
            torture.useOne(random);
            return true;
        });
    }
}
