package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an inbox holds, and when it pauses reading, by the message and by the byte. */
class InboxTest {
    private static final int LIMIT = 100;

    private final Loopback loopback = new Loopback(Transport.preferred());

    /** What a test does with an inbox that it feeds. */
    @FunctionalInterface
    interface Use {
        void use(Inbox inbox, Channel channel) throws Exception;
    }

    private void withInbox(int limit, Use test) {
        loopback.run(() -> {
            Connection[] ends = MemoryChannel.pair(Loop.current(), limit);
            try (Connection one = ends[0];
                    Connection other = ends[1]) {
                assertThat(other.channel().isOpen()).isTrue();
                Inbox inbox = new Inbox(Loop.current(), one.channel(), limit);
                test.use(inbox, one.channel());
                inbox.close();
            }
        });
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.wrappedBuffer(new byte[count]);
    }

    /** Whether it still reads after each message is fed. */
    private static List<Boolean> feed(Inbox inbox, Channel channel, int... sizes) {
        List<Boolean> reads = new ArrayList<>();
        for (int size : sizes) {
            inbox.feed(bytes(size));
            reads.add(channel.config().isAutoRead());
        }
        return reads;
    }

    /** Whether it reads again after each message is taken. */
    private static List<Boolean> take(Inbox inbox, Channel channel, int count) {
        List<Boolean> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ReferenceCountUtil.release(inbox.take());
            reads.add(channel.config().isAutoRead());
        }
        return reads;
    }

    @Test
    void readingPausesAboveTheMostMessagesAndResumesAtHalf() {
        withInbox(65_536, (inbox, channel) -> {
            assertThat(feed(inbox, channel, new int[Inbox.MOST])).containsOnly(true);
            assertThat(feed(inbox, channel, 0)).containsOnly(false);
            assertThat(take(inbox, channel, Inbox.MOST / 2)).containsOnly(false);
            assertThat(take(inbox, channel, 1)).containsOnly(true);
        });
    }

    @Test
    void readingPausesAboveTwiceTheLimitAndResumesAtTheLimit() {
        withInbox(LIMIT, (inbox, channel) -> {
            assertThat(feed(inbox, channel, 2 * LIMIT, 1)).containsExactly(true, false);
            assertThat(take(inbox, channel, 2)).containsExactly(true, true);
            assertThat(feed(inbox, channel, LIMIT, LIMIT + 1)).containsExactly(true, false);
            assertThat(take(inbox, channel, 2)).containsExactly(false, true);
            assertThat(feed(inbox, channel, LIMIT + 1, LIMIT)).containsExactly(true, false);
            assertThat(take(inbox, channel, 2)).containsExactly(true, true);
        });
    }

    @Test
    void aClosedInboxHoldsNothingAndReleasesWhatComes() {
        withInbox(LIMIT, (inbox, channel) -> {
            ByteBuf before = bytes(1);
            ByteBuf after = bytes(1);
            inbox.feed(before);
            assertThat(inbox).hasToString("1 unread");
            inbox.close();
            inbox.feed(after);
            assertThat(inbox).hasToString("0 unread");
            assertThat(before.refCnt()).isZero();
            assertThat(after.refCnt()).isZero();
            assertThat(inbox.awaitMessage()).isFalse();
        });
    }

    @Test
    void aFailureIsThrownInItsPlaceAsItIsIfThatCanBe() {
        withInbox(LIMIT, (inbox, channel) -> {
            for (Throwable failure : List.of(
                    new IllegalStateException("unchecked"), new AssertionError("error"), new IOException("io"))) {
                inbox.feedFailure(failure);
                assertThatThrownBy(inbox::awaitMessage).isSameAs(failure);
            }
            Exception checked = new Exception("checked");
            inbox.feedFailure(checked);
            inbox.feed("behind it");
            assertThatThrownBy(inbox::awaitMessage)
                    .isInstanceOf(IOException.class)
                    .hasMessage("java.lang.Exception: checked")
                    .hasCause(checked);
            assertThat(inbox.awaitMessage()).isTrue();
            assertThat(inbox.take()).isEqualTo("behind it");
        });
    }

    @Test
    void itSaysWhoWaits() {
        withInbox(LIMIT, (inbox, channel) -> {
            Task<?> receiver = createTask(() -> assertThat(inbox.awaitMessage()).isTrue(), "receiver");
            yieldNow();
            assertThat(inbox).hasToString("0 unread, receiver waits in receive");
            inbox.feed("a");
            receiver.await();
            assertThat(inbox).hasToString("1 unread");
        });
    }

    @Test
    void afterItsOwnCloseALossIsNotToldAnyMore() {
        withInbox(LIMIT, (inbox, channel) -> {
            IOException lost = new IOException("lost");
            inbox.fail(lost);
            assertThatThrownBy(inbox::awaitMessage).hasMessage("lost");
            inbox.close();
            assertThat(inbox.awaitMessage()).isFalse();
        });
    }

    @Test
    void aForeignThreadIsRefusedAlsoIfAMessageIsThere() {
        withInbox(LIMIT, (inbox, channel) -> {
            inbox.feed("a");
            assertThatThrownBy(() -> toThread(inbox::awaitMessage)).isInstanceOf(WrongThreadException.class);
            assertThat(inbox.awaitMessage()).isTrue();
        });
    }
}
