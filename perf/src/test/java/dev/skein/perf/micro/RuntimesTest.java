package dev.skein.perf.micro;

import org.junit.jupiter.api.Test;

class RuntimesTest {
    /** That none fails or hangs: there is nothing else to see from outside. */
    @Test
    void eachRuntimeRunsEachProgramToItsEnd() throws InterruptedException {
        for (Runtimes runtime : Runtimes.values()) {
            for (Micro micro : Micro.values()) {
                runtime.run(micro, Micro.WAVE);
            }
        }
    }
}
