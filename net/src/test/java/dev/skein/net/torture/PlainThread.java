package dev.skein.net.torture;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;

import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread outside of all loops that uses what is shared, and has loops use it too. */
final class PlainThread {
    private final Torture torture;
    private final Pulse pulse;
    private final Random random;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private PlainThread(Torture torture, Pulse pulse, Random random) {
        this.torture = torture;
        this.pulse = pulse;
        this.random = random;
    }

    static Part start(Torture torture, String name, Random random) {
        PlainThread it = new PlainThread(torture, new Pulse(name), random);
        Thread.ofPlatform().daemon().name(name).start(it::run);
        return new Part(name, it.pulse, it.ended);
    }

    private void run() {
        try {
            while (!torture.isOver()) {
                turn();
                pulse.beat();
            }
            ended.complete(null);
        } catch (Throwable failure) {
            ended.completeExceptionally(failure);
        }
    }

    private void turn() throws Exception {
        switch (random.nextInt(16)) {
            case 0, 1 -> haveALoopUseOne();
            case 2 -> LockSupport.parkNanos(random.nextInt(2_000_000));
            default -> torture.useOne(random);
        }
    }

    private void haveALoopUseOne() throws Exception {
        Loop loop = torture.anyLoop(random);
        Random ofLoop = new Random(random.nextLong());
        if (torture.isClosing()) {
            return;
        }
        if (random.nextBoolean()) {
            loop.callSoonThreadsafe(() -> torture.useOne(ofLoop));
        } else {
            runCoroutineThreadsafe((Action) () -> torture.useOne(ofLoop), loop).get();
        }
    }
}
