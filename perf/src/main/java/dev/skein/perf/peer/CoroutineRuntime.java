package dev.skein.perf.peer;

import dev.skein.perf.micro.Runtimes;
import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A runtime whose coroutines are measured alone. */
public enum CoroutineRuntime {
    SKEIN("Skein"),
    TOKIO("tokio"),
    GO("Go"),
    VIRTUAL_THREADS("virtual threads"),
    KOTLINX("kotlinx"),
    ASYNCIO("asyncio"),
    UVLOOP("uvloop");

    private final String label;

    CoroutineRuntime(String label) {
        this.label = label;
    }

    /** As reports name it. */
    public String label() {
        return label;
    }

    public Program program() {
        return switch (this) {
            case SKEIN -> jvm(Runtimes.SKEIN);
            case VIRTUAL_THREADS -> jvm(Runtimes.VIRTUAL_THREADS);
            case KOTLINX -> jvm(Runtimes.KOTLINX);
            case TOKIO -> ForeignProgram.cargo("micro");
            case GO -> ForeignProgram.go("micro-go");
            case ASYNCIO -> ForeignProgram.python("micro.py", "asyncio");
            case UVLOOP -> ForeignProgram.python("micro.py", "uvloop");
        };
    }

    private static Program jvm(Runtimes runtime) {
        return new Program() {
            @Override
            public List<String> command(Jvm jvm, String... args) {
                List<String> words = new ArrayList<>(List.of(Protocol.RUN_MICRO, runtime.toString()));
                words.addAll(List.of(args));
                return jvm.command(words.toArray(String[]::new));
            }

            @Override
            public String version() throws IOException {
                return "Java " + Runtime.version();
            }
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
