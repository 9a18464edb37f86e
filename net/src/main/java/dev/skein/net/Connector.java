package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Awaitable;
import dev.skein.loop.Loop;
import dev.skein.loop.RaceResult;
import dev.skein.loop.Timeout;
import dev.skein.loop.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Opens one channel, for a stream or for messages: looks the host up, and tries its addresses, one after the other or as
 * happy eyeballs do. Whatever happens, no channel is left open but the one that is returned. Loop only.
 */
final class Connector {
    private final ConnectOptions options;
    private final Consumer<Channel> end;
    private final SocketAddress where;
    private final List<IOException> failures = new ArrayList<>();
    private List<InetSocketAddress> localAddresses = List.of();

    /** {@code end} puts into the pipeline what is ours: a {@link StreamEndpoint} for a stream. */
    Connector(SocketAddress where, ConnectOptions options, Consumer<Channel> end) {
        this.where = where;
        this.options = options;
        this.end = end;
    }

    /** As the other; {@code host} is a name or an address. */
    Connector(String host, int port, ConnectOptions options, Consumer<Channel> end) {
        this(InetSocketAddress.createUnresolved(host, port), options, end);
    }

    /** Opens a connection of bytes. */
    static Connection openStream(SocketAddress address, ConnectOptions options) throws IOException {
        StreamEndpoint end = StreamEndpoint.of(
                new Connector(address, options, channel -> StreamEndpoint.install(channel, options.limit())).open());
        if (options.tls().isPresent()) {
            end.awaitHandshake(options.tls().get().forClientOf(address));
        }
        return end.connection();
    }

    /** Opens a connection of messages, behind {@code codecs}. */
    @SuppressWarnings("unchecked") // what the pipeline decodes is for its maker to say
    static <I, O> Messages<I, O> openMessages(
            SocketAddress address, Consumer<? super ChannelPipeline> codecs, ConnectOptions options)
            throws IOException {
        Optional<TlsOptions> tls = options.tls().map(chosen -> chosen.forClientOf(address));
        int port = address instanceof InetSocketAddress inet ? inet.getPort() : -1;
        Channel connected = new Connector(address, options, channel -> {
                    MessageEndpoint end = new MessageEndpoint(channel, options.limit(), null);
                    tls.ifPresent(chosen -> end.encrypt(chosen, port));
                    codecs.accept(channel.pipeline());
                    end.install();
                })
                .open();
        MessageEndpoint end = MessageEndpoint.of(connected);
        if (tls.isPresent()) {
            end.awaitHandshake(tls.get());
        }
        if (end.context().isRemoved()) {
            throw new ConnectException("connection was lost immediately after connecting: " + connected);
        }
        return (Messages<I, O>) end.messages();
    }

    /**
     * Refuses a caller that cannot suspend, before anything is tried: an attempt would fail by it, and a retry hide it.
     *
     * @throws IllegalStateException in a callback or a plain thread
     */
    static void requireCoroutine() {
        if (Asyncio.currentTask() == null) {
            Loop.current().createFuture("openConnection").await();
        }
    }

    Channel open() throws IOException {
        requireCoroutine();
        Transport transport = Loop.current().transport();
        NettyOptions.check(
                UnixAddress.isUnix(where) ? transport.domainSocketChannel() : transport.socketChannel(),
                options.options());
        List<? extends SocketAddress> addresses = lookUp(where);
        if (options.localAddress().isPresent()) {
            localAddresses = lookUp(options.localAddress().get());
        }
        Channel channel = takesTurns() ? race(addresses) : tryInOrder(addresses);
        if (channel == null) {
            throw allFailed();
        }
        return channel;
    }

    @SuppressWarnings("unchecked") // an InetSocketAddress has a list of them
    private <A extends SocketAddress> List<A> lookUp(A address) throws IOException {
        if (!(address instanceof InetSocketAddress name) || !name.isUnresolved()) {
            return List.of(address);
        }
        List<InetAddress> found = Dns.lookUp(name.getHostString(), options.resolvers());
        List<InetSocketAddress> all = found.stream()
                .map(one -> new InetSocketAddress(one, name.getPort()))
                .toList();
        return (List<A>) (takesTurns() ? interleave(all) : all);
    }

    private boolean takesTurns() {
        return !options.happyEyeballsDelay().equals(Timeout.NEVER);
    }

    /** The families in turns, RFC 8305 section 4, beginning with the first address's. */
    static List<InetSocketAddress> interleave(List<InetSocketAddress> addresses) {
        Class<?> first = addresses.getFirst().getAddress().getClass();
        Queue<InetSocketAddress> own = new ArrayDeque<>();
        Queue<InetSocketAddress> other = new ArrayDeque<>();
        addresses.forEach(address -> (address.getAddress().getClass() == first ? own : other).add(address));
        List<InetSocketAddress> turns = new ArrayList<>();
        while (!own.isEmpty() || !other.isEmpty()) {
            addNext(own, turns);
            addNext(other, turns);
        }
        return turns;
    }

    private static void addNext(Queue<InetSocketAddress> from, List<InetSocketAddress> turns) {
        InetSocketAddress next = from.poll();
        if (next != null) {
            turns.add(next);
        }
    }

    private @Nullable Channel tryInOrder(List<? extends SocketAddress> addresses) {
        for (SocketAddress address : addresses) {
            try {
                return connect(address);
            } catch (UncheckedIOException told) {
                // The next one may do.
            }
        }
        return null;
    }

    private @Nullable Channel race(List<? extends SocketAddress> addresses) {
        List<Channel> connected = new ArrayList<>(1);
        List<Awaitable<Channel>> attempts = new ArrayList<>();
        for (SocketAddress address : addresses) {
            attempts.add(() -> {
                Channel channel = connect(address);
                connected.add(channel);
                return channel;
            });
        }
        try {
            RaceResult<Channel> race = Asyncio.staggeredRace(attempts, options.happyEyeballsDelay());
            return race.result();
        } catch (Throwable notWanted) {
            // Cancelled when there was a winner already.
            connected.forEach(Channel::close);
            throw notWanted;
        }
    }

    private Channel connect(SocketAddress address) {
        try {
            return new ConnectAttempt(address, options, end).connect(localAddresses);
        } catch (IOException e) {
            failures.add(e);
            throw new UncheckedIOException(e);
        }
    }

    private ConnectException allFailed() {
        String reasons =
                failures.stream().map(ChannelFailure::reason).distinct().collect(Collectors.joining("; "));
        ConnectException all = new ConnectException("cannot connect to " + AddressText.of(where) + ": " + reasons);
        all.initCause(failures.removeFirst());
        failures.forEach(all::addSuppressed);
        return all;
    }
}
