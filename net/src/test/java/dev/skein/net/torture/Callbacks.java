package dev.skein.net.torture;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Code on a loop's own thread that uses what is shared, and has itself called again. */
final class Callbacks implements Runnable {
    /** By what the loop calls it. */
    enum Way {
        CALL_SOON {
            @Override
            void again(Loop loop, Runnable callback, Random random) {
                loop.callSoon(callback);
            }
        },
        TIMER {
            @Override
            void again(Loop loop, Runnable callback, Random random) {
                loop.callLater(Duration.ofNanos(random.nextInt(2_000_000)), callback);
            }
        },
        DONE_CALLBACK {
            @Override
            void again(Loop loop, Runnable callback, Random random) {
                Future<Boolean> future = loop.createFuture();
                future.addDoneCallback(done -> callback.run());
                future.setResult(true);
            }
        },
        NETTY_TASK {
            @Override
            void again(Loop loop, Runnable callback, Random random) {
                loop.eventLoop().execute(callback);
            }
        },
        NETTY_TIMER {
            @Override
            void again(Loop loop, Runnable callback, Random random) {
                loop.eventLoop().schedule(callback, random.nextInt(2_000_000), TimeUnit.NANOSECONDS);
            }
        };

        abstract void again(Loop loop, Runnable callback, Random random);
    }

    private final Torture torture;
    private final Loop loop;
    private final Way way;
    private final Pulse pulse;
    private final Random random;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private Callbacks(Torture torture, Loop loop, Way way, Pulse pulse, Random random) {
        this.torture = torture;
        this.loop = loop;
        this.way = way;
        this.pulse = pulse;
        this.random = random;
    }

    static Part start(Torture torture, Loop loop, String where, Way way, Random random) {
        Callbacks it = new Callbacks(torture, loop, way, new Pulse(where + "'s " + way), random);
        loop.callSoonThreadsafe(it);
        return new Part(where, it.pulse, it.ended);
    }

    /** One that does nothing but beat, so that its loop is seen to. */
    static Part heart(Torture torture, Loop loop, String where) {
        Pulse pulse = new Pulse(where + "'s callback that only beats");
        CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
        loop.callSoonThreadsafe(new Runnable() {
            @Override
            public void run() {
                pulse.beat();
                if (torture.isClosing()) {
                    ended.complete(null);
                } else {
                    loop.callLater(Duration.ofMillis(50), this);
                }
            }
        });
        return new Part(where, pulse, ended);
    }

    @Override
    public void run() {
        if (torture.isClosing()) {
            ended.complete(null);
            return;
        }
        try {
            torture.useOne(random);
            pulse.beat();
            // Now and then a pause, so that the loop polls and others have the processor.
            (random.nextInt(4) == 0 ? Way.TIMER : way).again(loop, this, random);
        } catch (Throwable failure) {
            ended.completeExceptionally(failure);
        }
    }
}
