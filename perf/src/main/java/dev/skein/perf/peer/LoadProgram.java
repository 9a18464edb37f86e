package dev.skein.perf.peer;

import dev.skein.perf.load.LoadGenerator;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Protocol;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Which program is the load generator. They read the same rounds and give the same results. */
public enum LoadProgram {
    /** {@link LoadGenerator}: all that is measured. */
    JAVA {
        @Override
        List<String> command(Jvm jvm) {
            return jvm.command(Protocol.LOAD);
        }
    },

    /** {@code peers/load.c}: echo and lines in a closed loop, with next to nothing beside the kernel's part. */
    C {
        @Override
        List<String> command(Jvm jvm) throws IOException, InterruptedException {
            return ForeignProgram.cc("load").command(jvm);
        }
    };

    /** Builds it if need be; {@code jvm} is for one that runs in a JVM. */
    abstract List<String> command(Jvm jvm) throws IOException, InterruptedException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
