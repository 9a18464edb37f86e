package dev.skein.net.torture;

/** Is initialised again and again, and takes a moment for it. */
public final class QuietClass {
    static {
        for (int i = 0; i < 2_000; i++) {
            Thread.onSpinWait();
        }
    }

    private QuietClass() {}
}
