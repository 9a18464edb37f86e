package dev.skein.net.torture;

import java.util.Random;

/** A thing that coroutines, a loop's own code and plain threads share, and where they may have to wait for each other. */
@FunctionalInterface
interface Shared {
    /** Uses it once, for a moment. Any thread. */
    void use(Random random) throws Exception;

    /** Nobody uses it any more. */
    default void close() {}

    /** Holds whatever the caller has for a moment: most often a very short one, now and then until others must wait. */
    static void hold(Random random) {
        int turns = random.nextInt(50) == 0 ? 5_000 : random.nextInt(100);
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }
}
