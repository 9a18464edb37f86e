package dev.skein.loop;

import static dev.skein.loop.Asyncio.run;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** In which of the two ways this JVM runs coroutines, for tests of what only one of them can do. */
final class Modes {
    private Modes() {}

    /** Skips the test where a coroutine that blocks in the JDK keeps its loop's turn. */
    static void assumeMounted() {
        boolean mounted = run(() -> Coroutine.current() instanceof MountedCoroutine);
        assumeTrue(mounted, "without " + VirtualThreads.FLAG + " a JDK call that blocks holds the loop");
    }
}
