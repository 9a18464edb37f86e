package dev.skein.perf.micro;

import java.util.Locale;

/** A runtime that runs in a JVM, by the word that its process is started with. */
public enum Runtimes {
    SKEIN {
        @Override
        public void run(Micro micro, int count) {
            SkeinMicro.run(micro, count);
        }

        @Override
        public double parked(int count) {
            return SkeinMicro.parked(count);
        }
    },

    /** The JDK's, on as many carriers as there are cores: one, where the process is pinned to one. */
    VIRTUAL_THREADS {
        @Override
        public void run(Micro micro, int count) throws InterruptedException {
            ThreadMicro.run(micro, count);
        }
    },

    /** Kotlin's coroutines. */
    KOTLINX {
        @Override
        public void run(Micro micro, int count) {
            KotlinMicro.run(micro, count);
        }
    };

    /** Runs it from start to end. */
    public abstract void run(Micro micro, int count) throws InterruptedException;

    /** The bytes of heap that each of {@code count} coroutines takes while it waits; Skein's alone are weighed. */
    public double parked(int count) {
        throw new UnsupportedOperationException(this + " is not weighed");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
