package dev.skein.net;

import java.io.IOException;
import java.io.Serial;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a read, a write or a wait on a connection that was lost: the peer reset it, the network failed, or it was cut
 * before its end. Each call on the connection throws a new one, with the stack of that call and the first cause.
 *
 * <p>A loss is no error of the program. A server closes a connection whose handler lets the loss of that connection pass,
 * and logs one line at DEBUG level; any other exception of a handler is reported to the loop's exception handler. asyncio
 * has {@code ConnectionResetError} and its siblings.
 */
public final class ConnectionLostException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final SocketAddress peer;

    ConnectionLostException(SocketAddress peer, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.peer = peer;
    }

    /** Returns the address of the peer that the connection was with. */
    public SocketAddress peer() {
        return peer;
    }

    /** {@code first}, to be thrown by another call: of the same kind, with a stack of its own. */
    static IOException again(IOException first) {
        return first instanceof ConnectionLostException lost
                ? new ConnectionLostException(lost.peer, lost.getMessage(), lost.getCause())
                : new IOException(first.getMessage(), first.getCause());
    }
}
