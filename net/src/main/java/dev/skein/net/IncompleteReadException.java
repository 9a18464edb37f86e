package dev.skein.net;

import java.io.EOFException;
import java.io.Serial;
import java.util.OptionalInt;

/** The stream ended before as much as was asked for had come: asyncio's {@code IncompleteReadError}. */
public final class IncompleteReadException extends EOFException {
    @Serial
    private static final long serialVersionUID = 1;

    private static final int UNDEFINED = -1;

    private final byte[] partial;
    private final int expected;

    /** The end after {@code partial}, where {@code expected} bytes were asked for. */
    public IncompleteReadException(byte[] partial, int expected) {
        super("the stream ended after " + partial.length + " of " + expected + " bytes");
        this.partial = partial.clone();
        this.expected = expected;
    }

    /** The end after {@code partial}, where a separator was asked for. */
    public IncompleteReadException(byte[] partial) {
        super("the stream ended after " + partial.length + " bytes, without the separator");
        this.partial = partial.clone();
        this.expected = UNDEFINED;
    }

    /** What had come; the stream has given it away with this. */
    public byte[] partial() {
        return partial.clone();
    }

    /** How many bytes were asked for; empty if it was {@code readUntil} that asked. */
    public OptionalInt expected() {
        return expected == UNDEFINED ? OptionalInt.empty() : OptionalInt.of(expected);
    }
}
