package dev.skein.perf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The scenario {@code echo}: the coroutine echo server against a Netty handler that does the same. */
@Command(
        name = "echo",
        description =
                "Measures the coroutine echo server against a raw Netty handler, each in a JVM of its own on one core,"
                        + " with a load generator on another.")
final class EchoCommand implements Callable<Integer> {
    private static final int LARGEST = 1 << 24;

    @Mixin
    private DuelOptions options = new DuelOptions();

    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "<bytes>",
            defaultValue = "64,1024,16384",
            description = "Sizes of a request, each measured in turn. Default: ${DEFAULT-VALUE}.")
    private List<Integer> payloads = new ArrayList<>();

    @Option(names = "--bytes", description = "The coroutine copies what it reads into an array, as most programs do.")
    private boolean bytes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.validate();
        for (int payload : payloads) {
            Range.require(spec, "--payload", payload, LARGEST);
        }
        return new Scenario(
                        "echo",
                        Peer.RAW_ECHO,
                        bytes ? Peer.COROUTINE_ECHO_BYTES : Peer.COROUTINE_ECHO,
                        options,
                        spec.commandLine().getOut())
                .run(payloads);
    }
}
