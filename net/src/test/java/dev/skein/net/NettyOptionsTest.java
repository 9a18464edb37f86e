package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Options of a caller's are tried on a channel that nobody uses. */
class NettyOptionsTest {
    @EachTransport
    void theChannelThatTheyAreTriedOnIsClosed(Transport transport) {
        new Loopback(transport).run(() -> {
            // With what the first of its kind loads.
            NettyOptions.check(transport.socketChannel(), Map.of(ChannelOption.SO_KEEPALIVE, true));
            long sockets = Descriptors.sockets();
            NettyOptions.check(transport.socketChannel(), Map.of(ChannelOption.SO_KEEPALIVE, true));
            assertThatThrownBy(() -> NettyOptions.check(transport.socketChannel(), Map.of(ChannelOption.SO_BACKLOG, 7)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(Descriptors.sockets()).isEqualTo(sockets);
        });
    }

    @Test
    void oneThatIsNotKnownOrIsRefusedIsNamed() {
        assertThatThrownBy(() -> NettyOptions.check(NioSocketChannel.class, Map.of(ChannelOption.SO_BACKLOG, 7)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("option SO_BACKLOG is not supported by NioSocketChannel: ");
        assertThatThrownBy(() -> NettyOptions.check(NioSocketChannel.class, Map.of(ChannelOption.SO_SNDBUF, -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("option SO_SNDBUF cannot be -1 on NioSocketChannel: ");
    }
}
