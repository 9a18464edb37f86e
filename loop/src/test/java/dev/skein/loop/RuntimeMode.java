package dev.skein.loop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** In which of its two ways this JVM runs coroutines, for tests of what only one of them can do. */
final class RuntimeMode {
    private static final boolean MOUNTED = Asyncio.run(new Look());

    private RuntimeMode() {}

    static boolean isMounted() {
        return MOUNTED;
    }

    /** Skips the test where coroutines are lent the loop's turn, because of {@code difference}. */
    static void assume(String difference) {
        assumeTrue(MOUNTED, () -> "without the flag, " + difference);
    }

    static void assumeBlockingStopsOneCoroutine() {
        assume("a JDK call that blocks holds the loop");
    }

    static void assumeLocksMayBeHeldOverAnAwait() {
        assume("a lock held over an await and wanted by another coroutine is a deadlock");
    }

    /** No lambda: its body would be a method of the class that is being initialised, and wait for that. */
    private static final class Look implements Awaitable<Boolean> {
        @Override
        public Boolean await() {
            return Coroutine.current() instanceof MountedCoroutine;
        }
    }
}
