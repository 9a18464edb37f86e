package dev.skein.perf;

import dev.skein.perf.server.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The scenario {@code chat}: a line that goes to many. */
@Command(
        name = "chat",
        description =
                "Lines of one client that go to all: Skein against other servers, each in a process of its own on one core,"
                        + " with a load generator on another. A request is a line that one client receives.")
final class ChatCommand implements Callable<Integer> {
    private static final int MEMBERS = 1_000;
    private static final int LENGTH = 64;
    private static final int LONGEST = 1 << 14;
    private static final int DEPTH = 4;
    private static final int DEEPEST = 100;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Mixin
    private LineOptions lines = new LineOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        int members = options.connections(MEMBERS);
        int depth = lines.depth(DEEPEST, DEPTH);
        List<Load> loads = lines.loads(LONGEST, LENGTH, length -> Load.chat(members, length, depth));
        return new ServerScenario(Service.CHAT, Peer.SKEIN, options, spec).run(loads, Peer.RAW);
    }
}
