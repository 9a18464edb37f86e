package dev.skein.net;

import java.io.EOFException;
import java.io.Serial;
import java.util.OptionalInt;

/**
 * Thrown when the stream ends before the bytes that were asked for have come: asyncio's {@code IncompleteReadError}.
 *
 * {@snippet :
 * try (Connection connection = openConnection("127.0.0.1", 7007)) {
 *     byte[] header = connection.reader().readExactly(16);
 * } catch (IncompleteReadException e) {
 *     IO.println("only " + e.partial().length + " bytes came");
 * }
 * }
 */
public final class IncompleteReadException extends EOFException {
    @Serial
    private static final long serialVersionUID = 1;

    private static final int UNDEFINED = -1;

    private final byte[] partial;
    private final int expected;

    /** Constructs one for an end after {@code partial}, when {@code expected} bytes were asked for. */
    public IncompleteReadException(byte[] partial, int expected) {
        super("the stream ended after " + partial.length + " of " + expected + " bytes");
        this.partial = partial.clone();
        this.expected = expected;
    }

    /** Constructs one for an end after {@code partial}, when a separator was asked for. */
    public IncompleteReadException(byte[] partial) {
        super("the stream ended after " + partial.length + " bytes, without the separator");
        this.partial = partial.clone();
        this.expected = UNDEFINED;
    }

    /** Returns the bytes that came before the end. The stream does not have them any more. */
    public byte[] partial() {
        return partial.clone();
    }

    /** Returns how many bytes were asked for; empty for {@code readUntil}, which asks for a separator. */
    public OptionalInt expected() {
        return expected == UNDEFINED ? OptionalInt.empty() : OptionalInt.of(expected);
    }
}
