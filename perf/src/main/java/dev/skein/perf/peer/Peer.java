package dev.skein.perf.peer;

import dev.skein.perf.server.JvmServer;
import dev.skein.perf.server.Service;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A server to be measured. */
public enum Peer {
    /** One handler of Netty's, written by hand: the floor. */
    RAW("raw Netty"),

    /** A codec of Netty's for each layer. */
    RAW_PIPELINE("Netty pipeline"),

    /** What all of this is about. */
    SKEIN("Skein"),

    /** The same with arrays where {@link #SKEIN} passes Netty's buffers on. */
    SKEIN_BYTES("Skein, byte[]"),

    /** Callbacks. */
    VERTX("Vert.x"),

    /** A virtual thread that awaits. */
    VERTX_AWAIT("Vert.x await"),

    REACTOR_NETTY("reactor-netty"),

    /** Coroutines of Kotlin on Ktor's sockets. */
    KOTLINX("kotlinx, Ktor"),

    /** Blocking sockets. */
    VIRTUAL_THREADS("virtual threads"),

    ASYNCIO("asyncio streams"),
    ASYNCIO_PROTOCOL("asyncio protocol"),
    UVLOOP("uvloop streams"),
    UVLOOP_PROTOCOL("uvloop protocol"),
    NODE("Node"),
    GO("Go"),

    /** On one thread. */
    TOKIO("tokio"),

    /** C without a library: the floor below the floor. */
    EPOLL("C, epoll");

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /** As reports name it. */
    public String label() {
        return label;
    }

    public Program program() {
        return switch (this) {
            case RAW -> Program.jvm(JvmServer.RAW);
            case RAW_PIPELINE -> Program.jvm(JvmServer.RAW_PIPELINE);
            case SKEIN -> Program.jvm(JvmServer.SKEIN);
            case SKEIN_BYTES -> Program.jvm(JvmServer.SKEIN_BYTES);
            case VERTX -> Program.jvm(JvmServer.VERTX);
            case VERTX_AWAIT -> Program.jvm(JvmServer.VERTX_AWAIT);
            case REACTOR_NETTY -> Program.jvm(JvmServer.REACTOR_NETTY);
            case KOTLINX -> Program.jvm(JvmServer.KOTLINX);
            case VIRTUAL_THREADS -> Program.jvm(JvmServer.VIRTUAL_THREADS);
            case ASYNCIO -> ForeignProgram.python("streams.py", "asyncio");
            case ASYNCIO_PROTOCOL -> ForeignProgram.python("protocol.py", "asyncio");
            case UVLOOP -> ForeignProgram.python("streams.py", "uvloop");
            case UVLOOP_PROTOCOL -> ForeignProgram.python("protocol.py", "uvloop");
            case NODE -> ForeignProgram.node();
            case GO -> ForeignProgram.go("go");
            case TOKIO -> ForeignProgram.cargo("server");
            case EPOLL -> ForeignProgram.cc("epoll");
        };
    }

    public boolean has(Service service) {
        return switch (this) {
            case RAW, SKEIN -> true;
            case RAW_PIPELINE -> service == Service.LINES;
            case SKEIN_BYTES -> service == Service.ECHO;
            case VERTX, KOTLINX, VIRTUAL_THREADS, NODE, GO -> service != Service.TLS;
            case VERTX_AWAIT, REACTOR_NETTY -> service != Service.TLS && service != Service.CHAT;
            case ASYNCIO, UVLOOP, TOKIO -> service != Service.TLS && service != Service.HTTP;
            case ASYNCIO_PROTOCOL, UVLOOP_PROTOCOL, EPOLL -> service == Service.ECHO || service == Service.LINES;
        };
    }

    /** All that have a service, without Skein itself. */
    public static List<Peer> rivals(Service service) {
        return Arrays.stream(values())
                .filter(peer -> peer.has(service) && peer != SKEIN && peer != SKEIN_BYTES)
                .toList();
    }

    /** The peer of a word of {@code --peers}. */
    public static Optional<Peer> parse(String word) {
        return Arrays.stream(values())
                .filter(peer -> peer.toString().equals(word))
                .findFirst();
    }

    /** The words that {@code --peers} takes. */
    public static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(values()).map(Peer::toString).iterator();
        }
    }

    /** As {@code --peers} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
