package dev.skein.net;

/** The events that a {@link ConnectionEndpoint} reports to the server of its connection. Loop only. */
interface ConnectionObserver {
    /** The connection is made. */
    void connected(ConnectionEndpoint connection);

    /** The connection is closed, and was made before. */
    void disconnected(ConnectionEndpoint connection);
}
