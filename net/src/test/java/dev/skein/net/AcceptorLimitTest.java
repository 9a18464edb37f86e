package dev.skein.net;

import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limit on connections, with listening channels that accept what a test gives them. */
class AcceptorLimitTest {
    private final TestLoop loop = new TestLoop();
    private final List<Object> accepted = new ArrayList<>();

    @AfterEach
    void closeTheLoop() {
        loop.close();
    }

    private Acceptor acceptor(int maxConnections) {
        return new Acceptor(loop.loop(), loop.loop().eventLoop(), maxConnections);
    }

    private EmbeddedChannel listener(Acceptor acceptor) {
        return new EmbeddedChannel(acceptor, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object connection) {
                accepted.add(connection);
            }
        });
    }

    private static EmbeddedChannel arrive(EmbeddedChannel listener) {
        EmbeddedChannel connection = new EmbeddedChannel();
        listener.pipeline().fireChannelRead(connection);
        return connection;
    }

    private static boolean reads(EmbeddedChannel listener) {
        return listener.config().isAutoRead();
    }

    @Test
    void nothingIsAcceptedBeforeTheStart() {
        loop.run(() -> {
            Acceptor acceptor = acceptor(2);
            EmbeddedChannel listener = listener(acceptor);
            assertThat(reads(listener)).isFalse();
            acceptor.start();
            assertThat(reads(listener)).isTrue();
            assertThat(reads(listener(acceptor))).isTrue();
        });
    }

    @Test
    void withAsManyAsAreAllowedItPausesAndHoldsTheNext() {
        loop.run(() -> {
            Acceptor acceptor = acceptor(2);
            EmbeddedChannel listener = listener(acceptor);
            acceptor.start();
            EmbeddedChannel first = arrive(listener);
            assertThat(reads(listener)).isTrue();
            EmbeddedChannel second = arrive(listener);
            assertThat(reads(listener)).isFalse();
            EmbeddedChannel third = arrive(listener);
            assertThat(accepted).containsExactly(first, second);
            first.close();
            Loopback.until(() -> accepted.size() == 3);
            assertThat(accepted).containsExactly(first, second, third);
            assertThat(reads(listener)).isFalse();
            second.close();
            Loopback.until(() -> reads(listener));
            third.close();
        });
    }

    @Test
    void aListenerThatClosesTurnsAwayItsOwnAlone() {
        loop.run(() -> {
            Acceptor acceptor = acceptor(1);
            EmbeddedChannel one = listener(acceptor);
            EmbeddedChannel other = listener(acceptor);
            acceptor.start();
            EmbeddedChannel served = arrive(one);
            EmbeddedChannel heldOfOne = arrive(one);
            EmbeddedChannel heldOfOther = arrive(other);
            one.close();
            assertThat(heldOfOne.isOpen()).isFalse();
            assertThat(heldOfOther.isOpen()).isTrue();
            served.close();
            Loopback.until(() -> accepted.size() == 2);
            assertThat(accepted).containsExactly(served, heldOfOther);
            heldOfOther.close();
        });
    }

    @Test
    void aListenerThatIsFullDoesNotResumeAfterItsRest() {
        loop.run(() -> {
            Acceptor acceptor = acceptor(1);
            EmbeddedChannel listener = listener(acceptor);
            acceptor.start();
            EmbeddedChannel served = arrive(listener);
            listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
            sleep(Acceptor.REST.multipliedBy(2));
            assertThat(reads(listener)).isFalse();
            served.close();
            Loopback.until(() -> reads(listener));
            assertThat(loop.errors()).hasSize(1);
        });
    }
}
