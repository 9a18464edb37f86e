package dev.skein.perf;

import dev.skein.perf.server.JvmServer;
import dev.skein.perf.server.Service;
import java.util.Locale;

/** A server to be measured. */
enum Peer {
    /** One handler of Netty's, written by hand: the floor. */
    RAW("raw Netty"),

    /** A codec of Netty's for each layer. */
    RAW_PIPELINE("Netty pipeline"),

    /** What all of this is about. */
    SKEIN("Skein"),

    /** The same with arrays where {@link #SKEIN} passes Netty's buffers on. */
    SKEIN_BYTES("Skein, byte[]");

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /** As reports name it. */
    String label() {
        return label;
    }

    Program program() {
        return switch (this) {
            case RAW -> Program.jvm(JvmServer.RAW);
            case RAW_PIPELINE -> Program.jvm(JvmServer.RAW_PIPELINE);
            case SKEIN -> Program.jvm(JvmServer.SKEIN);
            case SKEIN_BYTES -> Program.jvm(JvmServer.SKEIN_BYTES);
        };
    }

    boolean has(Service service) {
        return switch (this) {
            case RAW_PIPELINE -> service == Service.LINES;
            case SKEIN_BYTES -> service == Service.ECHO;
            default -> true;
        };
    }

    /** As {@code --peers} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
