package dev.skein.net.http;

import java.io.IOException;

/** A body that does not fit into memory, as the options say. A server answers it with status 413. */
final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyTooLargeException(int limit) {
        super("body is longer than " + limit + " bytes: read it chunk by chunk, or raise the limit with withMaxBody");
    }
}
