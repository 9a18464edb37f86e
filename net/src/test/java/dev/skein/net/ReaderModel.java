package dev.skein.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * What a {@link StreamReader} promises, in the plainest form: bytes are chars of a string, and a read either has an outcome
 * or waits. It knows nothing of buffers, chunks, searches that go on, coroutines and wake-ups.
 */
final class ReaderModel {
    private final int limit;
    private String bytes = "";
    private boolean open = true;
    private boolean failed;
    private boolean closed;
    private boolean paused;
    private final StringBuilder passedOn = new StringBuilder();
    private int passedBefore;

    ReaderModel(int limit) {
        this.limit = limit;
    }

    // What happens to it.

    void feed(String chunk) {
        if (open && !chunk.isEmpty()) {
            bytes += chunk;
            paused |= bytes.length() > 2 * limit;
        }
    }

    void end() {
        open = false;
    }

    /** After we have closed it, nobody wants to know. */
    void fail() {
        open = false;
        failed |= !closed;
        bytes = "";
    }

    void close() {
        open = false;
        closed |= !failed;
        bytes = "";
    }

    boolean isPaused() {
        return paused;
    }

    boolean atEof() {
        return !open && !failed && bytes.isEmpty();
    }

    /** What its transfers have passed on so far. */
    String passedOn() {
        return passedOn.toString();
    }

    /** The transfer that ran was cancelled or failed: the next one counts from here. */
    void forgetTransfer() {
        passedBefore = passedOn.length();
    }

    // Reads: an outcome as text, or empty while it has to wait.

    Optional<String> attempt(ReaderOperation operation) {
        Optional<String> outcome = failed ? Optional.of("lost") : outcome(operation);
        if (outcome.isEmpty()) {
            paused = false;
        }
        return outcome;
    }

    private Optional<String> outcome(ReaderOperation operation) {
        return switch (operation) {
            case ReaderOperation.Read(int max) -> read(max);
            case ReaderOperation.ReadByteBuf(int max) -> read(max);
            case ReaderOperation.ReadExactly(int count) -> readExactly(count);
            case ReaderOperation.ReadLine() -> readLine();
            case ReaderOperation.ReadUntil(var separators) -> readUntil(separators.toArray(String[]::new));
            case ReaderOperation.ReadAll() -> open ? Optional.empty() : Optional.of("got " + take(bytes.length()));
            case ReaderOperation.TransferTo() -> transferTo();
        };
    }

    private Optional<String> read(int max) {
        if (max > 0 && bytes.isEmpty()) {
            return open ? Optional.empty() : Optional.of("end");
        }
        return Optional.of("got " + take(Math.min(max, bytes.length())));
    }

    private Optional<String> readExactly(int count) {
        if (bytes.length() >= count) {
            return Optional.of("got " + take(count));
        }
        return open ? Optional.empty() : Optional.of("incomplete " + take(bytes.length()));
    }

    private Optional<String> readLine() {
        int length = bytes.indexOf('\n');
        if (length > limit || (length < 0 && bytes.length() > limit)) {
            int dropped = length < 0 ? bytes.length() : length;
            take(length < 0 ? dropped : dropped + 1);
            return Optional.of("overrun " + dropped);
        }
        if (length >= 0) {
            String line = take(length + 1);
            return Optional.of("line " + text(line.replaceFirst("\r?\n$", "")));
        }
        if (open) {
            return Optional.empty();
        }
        return Optional.of(bytes.isEmpty() ? "end" : "line " + text(take(bytes.length())));
    }

    private static String text(String line) {
        return new String(line.getBytes(ISO_8859_1), UTF_8);
    }

    private Optional<String> readUntil(String... separators) {
        int start = 0;
        int end = Integer.MAX_VALUE;
        int longest = 0;
        for (String separator : separators) {
            int at = bytes.indexOf(separator);
            int stop = at + separator.length();
            if (at >= 0 && (stop < end || (stop == end && at > start))) {
                start = at;
                end = stop;
            }
            longest = Math.max(longest, separator.length());
        }
        if (end < Integer.MAX_VALUE) {
            return Optional.of(start > limit ? "overrun " + start : "got " + take(end));
        }
        int searched = Math.max(0, bytes.length() + 1 - longest);
        if (searched > limit) {
            return Optional.of("overrun " + searched);
        }
        return open ? Optional.empty() : Optional.of("incomplete " + take(bytes.length()));
    }

    private Optional<String> transferTo() {
        passedOn.append(take(bytes.length()));
        if (open) {
            return Optional.empty();
        }
        int count = passedOn.length() - passedBefore;
        passedBefore = passedOn.length();
        return Optional.of("passed " + count);
    }

    private String take(int count) {
        String taken = bytes.substring(0, count);
        bytes = bytes.substring(count);
        if (open && bytes.length() <= limit) {
            paused = false;
        }
        return taken;
    }

    @Override
    public String toString() {
        return (failed ? "failed" : open ? "open" : "ended") + " with '" + bytes + "'";
    }
}
