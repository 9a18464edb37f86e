package dev.skein.net;

import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;
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
        return openConnection(InetSocketAddress.createUnresolved(host, port), options);
    }

    /**
     * Opens a connection to an address: a {@link java.net.UnixDomainSocketAddress}, asyncio's {@code open_unix_connection},
     * or an {@link InetSocketAddress}, whose name is looked up if it is not resolved. On Netty's native transports also
     * Netty's {@code DomainSocketAddress}, which may be a name without a file: {@code "\0name"}.
     *
     * @throws java.net.ConnectException if it cannot be connected to
     */
    public static Connection openConnection(SocketAddress address) throws IOException {
        return openConnection(address, options -> options);
    }

    /** As {@link #openConnection(SocketAddress)}, as {@code options} say. */
    public static Connection openConnection(SocketAddress address, UnaryOperator<ConnectOptions> options)
            throws IOException {
        return Connector.openStream(address, options.apply(ConnectOptions.defaults()));
    }

    /**
     * Listens for TCP connections and has {@code handler} called with each, in a task of its own: asyncio's
     * {@code start_server}. It listens on each address that {@code host} has.
     *
     * @param host a name or an address of this machine; {@code 0.0.0.0} for all of IPv4, {@code ::} for all of IPv6, empty
     *     for both. Not all transports keep the two apart: {@code ::} with the JDK's NIO takes IPv4 too, and
     *     {@code 0.0.0.0} with io_uring and kqueue IPv6
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
        return startServer(handler, List.of(host), port, options);
    }

    /**
     * As {@link #startServer(ConnectionHandler, String, int)}, on each address that each of {@code hosts} has. With port 0,
     * each address gets a port of its own: {@link Server#addresses}.
     */
    public static Server startServer(ConnectionHandler handler, List<String> hosts, int port) throws IOException {
        return startServer(handler, hosts, port, options -> options);
    }

    /** As {@link #startServer(ConnectionHandler, List, int)}, as {@code options} say. */
    public static Server startServer(
            ConnectionHandler handler, List<String> hosts, int port, UnaryOperator<ServerOptions> options)
            throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new StreamProtocol(handler, chosen.limit()), hosts, port, chosen);
    }

    /**
     * Listens on an address: a {@link java.net.UnixDomainSocketAddress}, asyncio's {@code start_unix_server}, or an
     * {@link InetSocketAddress}. A socket's file that a dead server has left is removed first; the server's own is removed
     * when it closes, unless another has taken its place. On Netty's native transports also Netty's
     * {@code DomainSocketAddress}, which may be a name without a file: {@code "\0name"}.
     *
     * @throws java.net.BindException if the address is taken, or may not be used, or another kind of file is there
     */
    public static Server startServer(ConnectionHandler handler, SocketAddress address) throws IOException {
        return startServer(handler, address, options -> options);
    }

    /** As {@link #startServer(ConnectionHandler, SocketAddress)}, as {@code options} say. */
    public static Server startServer(
            ConnectionHandler handler, SocketAddress address, UnaryOperator<ServerOptions> options) throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new StreamProtocol(handler, chosen.limit()), address, chosen);
    }

    /**
     * Opens a UDP socket, asyncio's {@code create_datagram_endpoint}: bound to an address, connected to a peer, or both, as
     * {@code options} say.
     *
     * @throws java.net.UnknownHostException if a name has no address
     * @throws IllegalArgumentException if both addresses are given and are never of one family, IPv4 or IPv6
     */
    public static DatagramEndpoint openDatagram(UnaryOperator<DatagramOptions> options) throws IOException {
        return new DatagramOpener(options.apply(DatagramOptions.defaults())).open();
    }

    // Messages.

    /**
     * Opens a connection as {@link #openConnection(String, int)} does, behind codecs of Netty's.
     *
     * @param codecs puts new ones into a new pipeline; called on the loop's own thread, for each address that is tried
     */
    public static <I, O> Messages<I, O> openMessages(String host, int port, Consumer<? super ChannelPipeline> codecs)
            throws IOException {
        return openMessages(host, port, codecs, options -> options);
    }

    /** As {@link #openMessages(String, int, Consumer)}, as {@code options} say. */
    public static <I, O> Messages<I, O> openMessages(
            String host, int port, Consumer<? super ChannelPipeline> codecs, UnaryOperator<ConnectOptions> options)
            throws IOException {
        return openMessages(InetSocketAddress.createUnresolved(host, port), codecs, options);
    }

    /** As {@link #openMessages(String, int, Consumer)}, to any address that {@link #openConnection(SocketAddress)} takes. */
    public static <I, O> Messages<I, O> openMessages(
            SocketAddress address, Consumer<? super ChannelPipeline> codecs, UnaryOperator<ConnectOptions> options)
            throws IOException {
        return Connector.openMessages(address, codecs, options.apply(ConnectOptions.defaults()));
    }

    /**
     * Listens as {@link #startServer(ConnectionHandler, String, int)} does, with codecs of Netty's for each connection.
     *
     * @param codecs puts new ones into the pipeline of each connection, on its loop's own thread
     */
    public static <I, O> Server startMessageServer(
            MessagesHandler<I, O> handler, String host, int port, Consumer<? super ChannelPipeline> codecs)
            throws IOException {
        return startMessageServer(handler, host, port, codecs, options -> options);
    }

    /** As {@link #startMessageServer(MessagesHandler, String, int, Consumer)}, as {@code options} say. */
    public static <I, O> Server startMessageServer(
            MessagesHandler<I, O> handler,
            String host,
            int port,
            Consumer<? super ChannelPipeline> codecs,
            UnaryOperator<ServerOptions> options)
            throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new MessageProtocol<>(handler, codecs, chosen.limit()), List.of(host), port, chosen);
    }

    /** As {@link #startMessageServer(MessagesHandler, String, int, Consumer)}, on any address, a Unix socket for instance. */
    public static <I, O> Server startMessageServer(
            MessagesHandler<I, O> handler,
            SocketAddress address,
            Consumer<? super ChannelPipeline> codecs,
            UnaryOperator<ServerOptions> options)
            throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new MessageProtocol<>(handler, codecs, chosen.limit()), address, chosen);
    }
}
