package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Transport;
import io.netty.channel.socket.DuplexChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Netty's Unix channels on NIO, which do not know of half-closure themselves. */
class HalfClosureTest {
    @Test
    void aReadOfNothingIsNotTheEndOfWhatComes(@TempDir Path directory) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        new Loopback(Transport.NIO).talk(address, o -> o, o -> o, (client, peer) -> {
            DuplexChannel channel = (DuplexChannel) client.channel();
            var reads = channel.unsafe().recvBufAllocHandle();
            reads.lastBytesRead(0);
            reads.readComplete();
            assertThat(channel.isInputShutdown()).isFalse();
            peer.writer().write("still here");
            peer.writer().writeEof();
            assertThat(client.reader().readAll()).asString(UTF_8).isEqualTo("still here");
            assertThat(channel.isInputShutdown()).isTrue();
            client.writer().write("so am I");
            client.writer().writeEof();
            assertThat(peer.reader().readAll()).asString(UTF_8).isEqualTo("so am I");
        });
    }
}
