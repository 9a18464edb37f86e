package dev.skein.net;

import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * asyncio's functions for streams, for static import: {@code import static dev.skein.net.Streams.*}. They suspend, so they
 * are called in a coroutine.
 */
public final class Streams {
    private Streams() {}

    /**
     * Opens a TCP connection: asyncio's {@code open_connection}. The addresses that {@code host} has are tried in turn.
     *
     * @param host a name, or an IPv4 or IPv6 address
     * @throws java.net.UnknownHostException if the host has no address
     * @throws java.net.ConnectException if no address can be connected to
     */
    public static Connection openConnection(String host, int port) throws IOException {
        return openConnection(host, port, options -> options);
    }

    /** As {@link #openConnection(String, int)}, as {@code options} say. */
    public static Connection openConnection(String host, int port, UnaryOperator<ConnectOptions> options)
            throws IOException {
        ConnectOptions chosen = options.apply(ConnectOptions.defaults());
        return StreamHandler.connectionOf(
                new Connector(host, port, chosen, channel -> StreamHandler.install(channel, chosen.limit(), null))
                        .open());
    }

    /**
     * Listens for TCP connections and has {@code handler} called with each, in a task of its own: asyncio's
     * {@code start_server}. It listens on each address that {@code host} has.
     *
     * @param host a name or an address of this machine; {@code 0.0.0.0} or {@code ::} for all of them
     * @param port 0 for any that is free: {@link Server#port} says which
     * @throws java.net.UnknownHostException if the host has no address
     * @throws java.net.BindException if the port is taken, or may not be used
     */
    public static Server startServer(ConnectionHandler handler, String host, int port) throws IOException {
        return startServer(handler, host, port, options -> options);
    }

    /** As {@link #startServer(ConnectionHandler, String, int)}, as {@code options} say. */
    public static Server startServer(
            ConnectionHandler handler, String host, int port, UnaryOperator<ServerOptions> options) throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new StreamService(handler, chosen.limit()), host, port, chosen);
    }
}
