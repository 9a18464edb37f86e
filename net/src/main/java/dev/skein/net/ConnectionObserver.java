package dev.skein.net;

/** What an {@link ConnectionEndpoint} tells the server that its connection belongs to. Loop only. */
interface ConnectionObserver {
    /** The connection is made. */
    void connected(ConnectionEndpoint connection);

    /** The connection is closed, and was made before. */
    void disconnected(ConnectionEndpoint connection);
}
