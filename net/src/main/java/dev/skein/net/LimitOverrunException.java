package dev.skein.net;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a line, or the bytes before a separator, are longer than the stream's limit: asyncio's {@code
 * LimitOverrunError}.
 *
 * {@snippet :
 * try (Connection connection = openConnection("127.0.0.1", 7007, o -> o.withLimit(1024))) {
 *     String line = connection.reader().readLine();
 * } catch (LimitOverrunException e) {
 *     IO.println("no line in " + e.consumed() + " bytes");
 * }
 * }
 */
public final class LimitOverrunException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int consumed;

    /** Constructs one with a message; {@code consumed} bytes were searched. */
    public LimitOverrunException(String message, int consumed) {
        super(message);
        this.consumed = consumed;
    }

    /** Returns how many bytes were searched, all of them before the line terminator or separator. */
    public int consumed() {
        return consumed;
    }
}
