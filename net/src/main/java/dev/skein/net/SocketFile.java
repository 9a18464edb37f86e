package dev.skein.net;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The file that a Unix server listens on, with asyncio's rules: a socket that a dead server has left is removed first, and
 * its own file when it closes, unless another one is in its place by then. Unlike asyncio's, it does not take the file
 * from a server that still listens. Loop only: the files are looked at at once, as asyncio does.
 */
final class SocketFile {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(SocketFile.class);

    private final Path path;

    /** The file system's number of the file that is ours, or null where it gives none. */
    private final @Nullable Object number;

    private SocketFile(Path path, @Nullable Object number) {
        this.path = path;
        this.number = number;
    }

    /**
     * Makes room for a server at {@code path}.
     *
     * @throws BindException if something else is there, or a server that listens
     */
    static void makeRoom(Path path) throws BindException {
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            if (!found.isOther()) {
                throw refused(path, "the file there is not a socket: remove it, or choose another path");
            }
            checkNotInUse(path);
            Files.delete(path);
        } catch (BindException refused) {
            throw refused;
        } catch (NoSuchFileException free) {
            // The usual case.
        } catch (IOException unknown) {
            // As asyncio: perhaps this process may not look, but may listen.
            LOG.warn("cannot check or remove the socket file " + path, unknown);
        }
    }

    private static BindException refused(Path path, String why) {
        return new BindException("cannot listen on " + path + ": " + why);
    }

    /** The system says if no server listens. On any other answer one may: its backlog is full, for instance. */
    private static void checkNotInUse(Path path) throws BindException {
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.configureBlocking(false);
            client.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobodyListens) {
            return;
        } catch (IOException unknown) {
            throw refused(path, "the address may be in use: " + ChannelFailure.reason(unknown));
        }
        throw refused(path, "the address is in use: another server listens there");
    }

    /** The file that a server has just made at {@code path}. */
    static SocketFile at(Path path) throws IOException {
        return new SocketFile(path, number(path));
    }

    private static @Nullable Object number(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** Removes the file if it is still ours. */
    void remove() {
        try {
            if (number == null || number.equals(number(path))) {
                Files.delete(path);
            }
        } catch (NoSuchFileException gone) {
            // Something else has removed it.
        } catch (IOException e) {
            LOG.error("cannot remove the socket file " + path, e);
        }
    }
}
