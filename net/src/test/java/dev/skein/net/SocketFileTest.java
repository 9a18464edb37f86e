package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose file a Unix server's is. */
class SocketFileTest {
    private static ServerSocketChannel listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        return server;
    }

    @Test
    void onlyItsOwnFileIsRemoved(@TempDir Path directory) throws IOException {
        Path path = Files.createFile(directory.resolve("socket"));
        SocketFile ours = SocketFile.at(path);
        Files.move(path, directory.resolve("moved"));
        assertThatCode(ours::remove).doesNotThrowAnyException();
        Files.createFile(path);
        ours.remove();
        assertThat(path).exists();
        SocketFile.at(path).remove();
        assertThat(path).doesNotExist();
    }

    @Test
    void aSocketThatNobodyListensOnMakesRoom(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("socket");
        listen(path).close();
        assertThat(path).exists();
        SocketFile.makeRoom(path);
        assertThat(path).doesNotExist();
        SocketFile.makeRoom(path);
    }

    @Test
    void aServerThatListensAndAFileThatIsNoneStay(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("socket");
        try (ServerSocketChannel server = listen(path)) {
            assertThatThrownBy(() -> SocketFile.makeRoom(path))
                    .isInstanceOf(BindException.class)
                    .hasMessage("cannot listen on " + path + ": the address is in use: another server listens there");
            assertThat(server.isOpen()).isTrue();
        }
        assertThatThrownBy(() -> SocketFile.makeRoom(directory))
                .isInstanceOf(BindException.class)
                .hasMessage("cannot listen on " + directory
                        + ": the file there is not a socket: remove it, or choose another path");
        assertThat(path).exists();
        assertThat(directory).exists();
    }
}
