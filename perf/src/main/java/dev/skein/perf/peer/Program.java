package dev.skein.perf.peer;

import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.server.JvmServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a peer is had and started, if this machine has what it takes. */
public interface Program {
    /** What is missing to run it, and how to get it; empty if nothing is. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /**
     * The command that runs it, after what has to be built has been built.
     *
     * @param jvm for those that run in one of ours
     * @throws IOException if it cannot be built
     */
    List<String> command(Jvm jvm, String... args) throws IOException, InterruptedException;

    /** What ran it, with its version. */
    String version() throws IOException, InterruptedException;

    /** Whether it gets faster while it runs, as what is compiled only then does. */
    default boolean warmsUp() {
        return true;
    }

    /** Whether it runs in a JVM of ours, which can be asked what it allocated. */
    default boolean isJvm() {
        return false;
    }

    /** {@code perf serve}: a server that is part of this program. */
    static Program jvm(JvmServer server) {
        return new Program() {
            @Override
            public List<String> command(Jvm jvm, String... args) {
                List<String> words = new ArrayList<>(List.of(Protocol.SERVE, server.toString()));
                words.addAll(List.of(args));
                return jvm.command(words.toArray(String[]::new));
            }

            @Override
            public String version() {
                return server.version();
            }

            @Override
            public boolean isJvm() {
                return true;
            }
        };
    }
}
