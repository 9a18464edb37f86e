package dev.skein.perf.cli;

import dev.skein.perf.process.JvmStats;
import dev.skein.perf.process.Protocol;
import dev.skein.perf.server.JvmServer;
import dev.skein.perf.server.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * A server's process: starts one {@link JvmServer}, says where it listens, tells {@link JvmStats} when asked, and ends when
 * stdin does.
 */
@Command(name = Protocol.SERVE, hidden = true, description = "Serves until its stdin closes.")
final class ServeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "<server>", description = "One of: ${COMPLETION-CANDIDATES}.")
    private JvmServer server = JvmServer.RAW;

    @Parameters(index = "1", paramLabel = "<service>", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Service service = Service.ECHO;

    @Override
    public Integer call() throws IOException {
        InetSocketAddress address = server.start(service);
        System.out.println(Protocol.LISTENING + address.getPort());
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            JvmStats stats = line.equals(Protocol.COLLECT) ? JvmStats.afterCollection() : JvmStats.now();
            System.out.println(line + stats.toLine());
        }
        return 0;
    }
}
