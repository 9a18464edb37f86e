package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;

import dev.skein.loop.Task;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A file of noise, to be sent from one end of a connection to the other. */
abstract class FileFixture {
    static final byte[] DATA = noise(1024 * 17 * 64 + 1);

    Path folder;
    Path path;

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void writeFile(@TempDir Path empty) throws IOException {
        folder = empty;
        path = Files.write(folder.resolve("data"), DATA);
    }

    /** What is done with the two ends and the open file. */
    @FunctionalInterface
    interface Sending {
        void of(Connection client, Connection peer, FileChannel file) throws Exception;
    }

    static Task<byte[]> readAll(Connection peer) {
        return createTask(() -> peer.reader().readAll());
    }
}
