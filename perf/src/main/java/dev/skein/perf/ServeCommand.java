package dev.skein.perf;

import dev.skein.perf.server.JvmServer;
import dev.skein.perf.server.Service;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A server's process: starts one {@link JvmServer}, says where it listens, and ends when stdin does. */
@Command(name = "serve", hidden = true, description = "Serves until its stdin closes.")
final class ServeCommand implements Callable<Integer> {
    static final String LISTENING = "listening on 127.0.0.1:";

    @Parameters(index = "0", paramLabel = "<server>", description = "One of: ${COMPLETION-CANDIDATES}.")
    private JvmServer server = JvmServer.RAW;

    @Parameters(index = "1", paramLabel = "<service>", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Service service = Service.ECHO;

    @Override
    public Integer call() throws IOException {
        InetSocketAddress address = server.start(service);
        System.out.println(LISTENING + address.getPort());
        System.in.transferTo(OutputStream.nullOutputStream());
        return 0;
    }
}
