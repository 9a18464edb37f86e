package dev.skein.net;

import java.io.FileNotFoundException;
import java.io.IOException;

/**
 * What Netty's channels fail by, as an IOException with a text. Netty throws unchecked where a channel cannot be made, for
 * want of a descriptor most likely, and its native transports have failures that say nothing.
 */
final class ChannelFailure {
    /** Chains of causes may have rings. */
    private static final int DEEPEST = 20;

    private ChannelFailure() {}

    /** {@code failure} as a failure to do {@code what}, "cannot listen on ..." for instance; an Error is thrown. */
    static IOException of(String what, Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return new IOException(what + ": " + reason(failure), failure);
    }

    /** Why it failed, in the words of the system if it was asked. */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; depth < DEEPEST && cause != null; depth++) {
            if (cause instanceof IOException io && !isWrapper(io)) {
                return text(io);
            }
            cause = cause.getCause();
        }
        return failure.toString();
    }

    /** As Netty's NIO has where it calls the JDK by reflection. */
    private static boolean isWrapper(IOException failure) {
        return failure.getCause() != null && failure.getCause().toString().equals(failure.getMessage());
    }

    private static String text(IOException failure) {
        if (failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure instanceof FileNotFoundException ? "No such file or directory" : failure.toString();
    }
}
