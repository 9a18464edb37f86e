package dev.skein.net;

import dev.skein.loop.Loop;
import dev.skein.loop.Suspends;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * asyncio's functions for streams, for static import: {@code import static dev.skein.net.Streams.*}. They suspend, so a
 * coroutine calls them.
 *
 * {@snippet :
 * try (Server server = startServer(peer -> peer.writer().writeLine("hello"), "127.0.0.1", 0);
 *         Connection connection = openConnection("127.0.0.1", server.port())) {
 *     IO.println(connection.reader().readLine());
 * }
 * }
 *
 * <p>Loop only.
 */
public final class Streams {
    private Streams() {}

    /**
     * Returns this JVM's standard input, for one loop: a second call in that loop returns the same reader. A daemon thread
     * reads, since a read of a terminal cannot be interrupted; so a program can end although nothing is typed.
     *
     * {@snippet :
     * for (String line : standardInput().lines()) {
     *     IO.println("you said " + line);
     * }
     * }
     *
     * @throws IllegalStateException if another loop has called this method before
     */
    public static StreamReader standardInput() {
        return StandardInput.ofJvm().readerOf(Loop.current());
    }

    /**
     * Opens a TCP connection: asyncio's {@code open_connection}. Tries the addresses of {@code host} in turn.
     *
     * @param host a name, or an IPv4 or IPv6 address
     * @throws java.net.UnknownHostException if the host has no address
     * @throws java.net.ConnectException if none of its addresses can be connected to
     */
    @Suspends
    public static Connection openConnection(String host, int port) throws IOException {
        return openConnection(host, port, options -> options);
    }

    /** Opens a TCP connection as {@link #openConnection(String, int)} does, with options. */
    @Suspends
    public static Connection openConnection(String host, int port, UnaryOperator<ConnectOptions> options)
            throws IOException {
        return openConnection(InetSocketAddress.createUnresolved(host, port), options);
    }

    /**
     * Opens a connection to an address: a {@link java.net.UnixDomainSocketAddress}, asyncio's {@code
     * open_unix_connection}, or an {@link InetSocketAddress}, whose name is looked up if it is not resolved. Netty's
     * native transports also take Netty's {@code DomainSocketAddress}, which may be a name without a file: {@code
     * "\0name"}.
     *
     * @throws java.net.ConnectException if the address cannot be connected to
     */
    @Suspends
    public static Connection openConnection(SocketAddress address) throws IOException {
        return openConnection(address, options -> options);
    }

    /** Opens a connection as {@link #openConnection(SocketAddress)} does, with options. */
    @Suspends
    public static Connection openConnection(SocketAddress address, UnaryOperator<ConnectOptions> options)
            throws IOException {
        return Connector.openStream(address, options.apply(ConnectOptions.defaults()));
    }

    /**
     * Listens for TCP connections on each address of {@code host}, and calls {@code handler} with each connection, in a
     * task of its own: asyncio's {@code start_server}.
     *
     * @param host a name or an address of this machine; {@code 0.0.0.0} for all of IPv4, {@code ::} for all of IPv6,
     *     empty for both. Not all transports keep the two apart: {@code ::} with the JDK's NIO takes IPv4 too, and
     *     {@code 0.0.0.0} with io_uring and kqueue takes IPv6 too
     * @param port the port, or 0 for any free one: {@link Server#port} says which
     * @throws java.net.UnknownHostException if the host has no address
     * @throws java.net.BindException if the port is taken, or may not be used
     */
    public static Server startServer(ConnectionHandler handler, String host, int port) throws IOException {
        return startServer(handler, host, port, options -> options);
    }

    /** Listens as {@link #startServer(ConnectionHandler, String, int)} does, with options. */
    public static Server startServer(
            ConnectionHandler handler, String host, int port, UnaryOperator<ServerOptions> options) throws IOException {
        return startServer(handler, List.of(host), port, options);
    }

    /**
     * Listens on each address of each of {@code hosts}, as {@link #startServer(ConnectionHandler, String, int)} does.
     * With port 0, each address gets a port of its own: {@link Server#addresses}.
     */
    public static Server startServer(ConnectionHandler handler, List<String> hosts, int port) throws IOException {
        return startServer(handler, hosts, port, options -> options);
    }

    /** Listens as {@link #startServer(ConnectionHandler, List, int)} does, with options. */
    public static Server startServer(
            ConnectionHandler handler, List<String> hosts, int port, UnaryOperator<ServerOptions> options)
            throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new StreamProtocol(handler, chosen.limit()), hosts, port, chosen);
    }

    /**
     * Listens on an address: a {@link java.net.UnixDomainSocketAddress}, asyncio's {@code start_unix_server}, or an
     * {@link InetSocketAddress}. The file of a Unix socket is removed first if its server is dead, and again when this
     * server closes, unless another file is there by then. Netty's native transports also take Netty's {@code
     * DomainSocketAddress}, which may be a name without a file: {@code "\0name"}.
     *
     * @throws java.net.BindException if the address is taken, or may not be used, or another kind of file is there
     */
    public static Server startServer(ConnectionHandler handler, SocketAddress address) throws IOException {
        return startServer(handler, address, options -> options);
    }

    /** Listens as {@link #startServer(ConnectionHandler, SocketAddress)} does, with options. */
    public static Server startServer(
            ConnectionHandler handler, SocketAddress address, UnaryOperator<ServerOptions> options) throws IOException {
        ServerOptions chosen = options.apply(ServerOptions.defaults());
        return Server.start(new StreamProtocol(handler, chosen.limit()), address, chosen);
    }

    /**
     * Opens a UDP socket: asyncio's {@code create_datagram_endpoint}. The options bind it to an address, connect it to
     * a peer, or both.
     *
     * @throws java.net.UnknownHostException if a name has no address
     * @throws IllegalArgumentException if no two of the given addresses are of the same family, IPv4 or IPv6
     */
    @Suspends
    public static DatagramEndpoint openDatagram(UnaryOperator<DatagramOptions> options) throws IOException {
        return new DatagramOpener(options.apply(DatagramOptions.defaults())).open();
    }

    // Messages.

    /**
     * Opens a connection of messages, as {@link #openConnection(String, int)} does one of bytes.
     *
     * @param codecs adds new codecs to a new pipeline; called on the loop's own thread, for each address that is tried
     */
    @Suspends
    public static <I, O> Messages<I, O> openMessages(String host, int port, Consumer<? super ChannelPipeline> codecs)
            throws IOException {
        return openMessages(host, port, codecs, options -> options);
    }

    /** Opens a connection of messages as {@link #openMessages(String, int, Consumer)} does, with options. */
    @Suspends
    public static <I, O> Messages<I, O> openMessages(
            String host, int port, Consumer<? super ChannelPipeline> codecs, UnaryOperator<ConnectOptions> options)
            throws IOException {
        return openMessages(InetSocketAddress.createUnresolved(host, port), codecs, options);
    }

    /** Opens a connection of messages to any address that {@link #openConnection(SocketAddress)} takes, with options. */
    @Suspends
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

    /** Listens as {@link #startMessageServer(MessagesHandler, String, int, Consumer)} does, with options. */
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

    /** Listens for connections of messages on any address that {@link #startServer(ConnectionHandler, SocketAddress)} takes. */
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
