package dev.skein.net;

/** What an {@link Endpoint} tells the server that its connection belongs to. Loop only. */
interface ConnectionObserver {
    /** The connection is made. */
    void connected(Endpoint connection);

    /** The connection is closed, and was made before. */
    void disconnected(Endpoint connection);
}
