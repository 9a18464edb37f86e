package dev.skein.perf.process;

import java.util.Locale;

/** A garbage collector of the JVM, by the word that {@code --gc} takes. */
public enum Gc {
    G1("-XX:+UseG1GC"),
    PARALLEL("-XX:+UseParallelGC"),
    Z("-XX:+UseZGC");

    private final String flag;

    Gc(String flag) {
        this.flag = flag;
    }

    /** The JVM flag that chooses it. */
    String flag() {
        return flag;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
