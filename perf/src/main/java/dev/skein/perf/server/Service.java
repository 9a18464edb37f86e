package dev.skein.perf.server;

import java.util.Locale;

/** What a server does for its clients, the same for all peers. */
public enum Service {
    /** Sends back the bytes that come. */
    ECHO,

    /** Reads a line, writes that line. */
    LINES,

    /** {@link #ECHO} in TLS. */
    TLS,

    /** Answers each request with a greeting, as HTTP/1.1. */
    HTTP,

    /** Says {@code welcome} to each client, in a line, and then sends each line that a client sends to all of them. */
    CHAT;

    /** The failure of a server that does not have it. */
    IllegalArgumentException missing() {
        return new IllegalArgumentException("this server does not offer the service " + this);
    }

    /** The word that a peer's program takes. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
