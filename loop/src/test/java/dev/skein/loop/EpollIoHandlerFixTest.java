package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** What Netty's epoll handler gets to hear: a mock tells what a kernel would only show by what it does not report. */
class EpollIoHandlerFixTest {
    private final IoHandler netty = mock(IoHandler.class);
    private final EpollIoHandlerFix handler = new EpollIoHandlerFix(netty);

    /** Its events are constants of native code. */
    @BeforeEach
    void requireEpoll() {
        assumeTrue(Transport.EPOLL.isAvailable(), "no epoll here");
    }

    /** Registers a channel, of which Netty will hear by {@code nettys}. */
    private IoRegistration register(IoRegistration nettys) throws Exception {
        IoHandle channel = mock(IoHandle.class);
        when(netty.register(channel)).thenReturn(nettys);
        return handler.register(channel);
    }

    private static void assertTold(IoRegistration nettys, IoOps... wanted) {
        InOrder order = inOrder(nettys);
        for (IoOps each : wanted) {
            order.verify(nettys).submit(each);
        }
        verifyNoMoreInteractions(nettys);
    }

    @Test
    void aChannelThatHasWaitedForNothingYetIsNotAddedToEpoll() throws Exception {
        IoRegistration nettys = mock(IoRegistration.class);
        IoRegistration registration = register(nettys);

        registration.submit(EpollIoOps.NONE);

        assertTold(nettys, EpollIoOps.NONE);
    }

    @Test
    void oneThatWaitsForNothingAnyMoreStaysInEpoll() throws Exception {
        IoRegistration nettys = mock(IoRegistration.class);
        IoRegistration registration = register(nettys);

        registration.submit(EpollIoOps.NONE);
        registration.submit(EpollIoOps.EPOLLIN);
        registration.submit(EpollIoOps.NONE);
        registration.submit(EpollIoOps.EPOLLOUT);
        registration.submit(EpollIoOps.NONE);

        assertTold(
                nettys,
                EpollIoOps.NONE,
                EpollIoOps.EPOLLIN,
                EpollIoOps.EPOLLET,
                EpollIoOps.EPOLLOUT,
                EpollIoOps.EPOLLET);
    }

    @Test
    void oneChannelsInterestsDoNotReachAnother() throws Exception {
        IoRegistration nettys = mock(IoRegistration.class);
        IoRegistration nettysOther = mock(IoRegistration.class);
        IoRegistration registration = register(nettys);
        IoRegistration other = register(nettysOther);

        registration.submit(EpollIoOps.EPOLLIN);
        other.submit(EpollIoOps.NONE);

        assertTold(nettysOther, EpollIoOps.NONE);
    }

    @Test
    void allElseThatARegistrationIsAskedNettysAnswers() throws Exception {
        IoRegistration nettys = mock(IoRegistration.class);
        IoRegistration registration = register(nettys);
        when(nettys.submit(EpollIoOps.EPOLLIN)).thenReturn(7L);
        when(nettys.attachment()).thenReturn("attached");
        when(nettys.isValid()).thenReturn(true, false);
        when(nettys.cancel()).thenReturn(true, false);

        assertThat(registration.submit(EpollIoOps.EPOLLIN)).isEqualTo(7);
        assertThat(registration.<String>attachment()).isEqualTo("attached");
        assertThat(registration.isValid()).isTrue();
        assertThat(registration.isValid()).isFalse();
        assertThat(registration.cancel()).isTrue();
        assertThat(registration.cancel()).isFalse();
    }

    @Test
    void allElseThatTheHandlerIsAskedNettysAnswers() {
        IoHandlerContext context = mock(IoHandlerContext.class);
        when(netty.run(context)).thenReturn(3);
        when(netty.isCompatible(IoHandle.class)).thenReturn(true, false);

        handler.initialize();
        assertThat(handler.run(context)).isEqualTo(3);
        handler.wakeup();
        assertThat(handler.isCompatible(IoHandle.class)).isTrue();
        assertThat(handler.isCompatible(IoHandle.class)).isFalse();
        handler.prepareToDestroy();
        handler.destroy();

        InOrder order = inOrder(netty);
        order.verify(netty).initialize();
        order.verify(netty).run(context);
        order.verify(netty).wakeup();
        order.verify(netty).prepareToDestroy();
        order.verify(netty).destroy();
        assertThat(handler.netty()).isSameAs(netty);
        verify(netty, times(2)).isCompatible(IoHandle.class);
        verifyNoMoreInteractions(netty);
    }
}
