package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;

/** How a loop on io_uring ends: the kernel's answers, which cannot be had on demand, are a mock's. */
class UringIoHandlerFixTest {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final byte POLL_ADD = 6;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int POLLRDHUP = 0x2000;
    private static final int CANCELLED = -125;

    private final IoHandler netty = mock(IoHandler.class);
    private final ScheduledExecutorService executor = mock(ScheduledExecutorService.class);
    private final UringIoHandlerFix handler = new UringIoHandlerFix(netty, executor);

    /** As Netty's. */
    private IoUringIoHandle register(IoUringIoHandle channel) throws Exception {
        IoUringIoHandle[] registered = new IoUringIoHandle[1];
        doAnswer(call -> {
                    registered[0] = call.getArgument(0);
                    registered[0].registered();
                    return mock(IoRegistration.class);
                })
                .when(netty)
                .register(any());
        handler.register(channel);
        return registered[0];
    }

    @Test
    void channelsAreClosedAndNothingIsHeldBackInTheKernel() throws Exception {
        IoUringIoHandle channel = mock(IoUringIoHandle.class);
        register(channel);

        handler.prepareToDestroy();

        verify(channel).close();
        verify(netty, never()).prepareToDestroy();
    }

    @Test
    void theRingGoesWhenTheLastAnswerHasCome() throws Exception {
        IoUringIoHandle channel = mock(IoUringIoHandle.class);
        IoUringIoHandle registered = register(channel);
        int[] polls = new int[1];
        when(netty.run(any())).thenAnswer(call -> {
            IoHandlerContext context = call.getArgument(0);
            assertThat(context.canBlock()).isTrue();
            assertThat(context.delayNanos(System.nanoTime())).isBetween(0L, LONG_NANOS);
            if (++polls[0] == 3) {
                registered.unregistered();
            }
            return 1;
        });
        handler.prepareToDestroy();

        handler.destroy();

        assertThat(polls[0]).isEqualTo(3);
        InOrder order = inOrder(netty, channel);
        order.verify(channel).unregistered();
        order.verify(netty).destroy();
    }

    @Test
    void anAnswerThatNeverComesIsNotWaitedForForEver() throws Exception {
        register(mock(IoUringIoHandle.class));
        handler.prepareToDestroy();
        long start = System.nanoTime();

        handler.destroy();

        verify(netty).destroy();
        assertThat(System.nanoTime() - start).isLessThan(LONG_NANOS);
    }

    @Test
    void aChannelThatFailsToCloseLeavesTheOthersToBeClosed() throws Exception {
        IoUringIoHandle broken = mock(IoUringIoHandle.class);
        IoUringIoHandle other = mock(IoUringIoHandle.class);
        doThrow(new IOException("stuck")).when(broken).close();
        register(broken);
        register(other);

        try (Log log = Log.capture()) {
            handler.prepareToDestroy();

            assertThat(log.text())
                    .contains("cannot close a channel as its loop closes")
                    .contains("stuck");
        }
        verify(other).close();
    }

    @Test
    void aLoopThatClosesTakesNoMoreChannels() throws Exception {
        handler.prepareToDestroy();

        assertThatIllegalStateException()
                .isThrownBy(() -> handler.register(mock(IoUringIoHandle.class)))
                .withMessage("the loop is closing: it accepts no more channels");
        verify(netty, never()).register(any());
    }

    /** Netty says that it is not one of its own. */
    @Test
    void theHandleOfAnotherTransportGoesToNettyAsItIs() throws Exception {
        IoHandle other = mock(IoHandle.class);
        IoRegistration answer = mock(IoRegistration.class);
        when(netty.register(other)).thenReturn(answer);

        assertThat(handler.register(other)).isSameAs(answer);
    }

    // Polls, after the peer has ended its side.

    private static IoUringIoEvent answer(int events, long poll) {
        return new IoUringIoEvent(events, 0, POLL_ADD, poll);
    }

    private static IoEvent events(int wanted, long poll) {
        return argThat(event -> event instanceof IoUringIoEvent answer
                && answer.opcode() == POLL_ADD
                && answer.res() == wanted
                && answer.userData() == poll);
    }

    @Test
    void aPollForRoomIsRetriedIfTheKernelTellsOfTheEndOfInput() throws Exception {
        IoUringIoHandle channel = mock(IoUringIoHandle.class);
        IoRegistration registration = mock(IoRegistration.class);
        IoUringIoHandle registered = register(channel);
        registered.handle(registration, answer(POLLRDHUP, 1));
        registered.handle(registration, answer(POLLRDHUP, 2));
        verify(channel).handle(eq(registration), events(POLLRDHUP, 1));
        verifyNoMoreInteractionsBut(channel);

        ArgumentCaptor<Runnable> later = ArgumentCaptor.forClass(Runnable.class);
        verify(executor).schedule(later.capture(), eq(2L), eq(TimeUnit.MILLISECONDS));
        later.getValue().run();

        verify(channel).handle(eq(registration), events(POLLOUT, 2));
    }

    private static void verifyNoMoreInteractionsBut(IoUringIoHandle channel) {
        verify(channel).registered();
        verifyNoMoreInteractions(channel);
    }

    @Test
    void allOtherAnswersGoToTheChannelAtOnce() throws Exception {
        IoUringIoHandle channel = mock(IoUringIoHandle.class);
        IoRegistration registration = mock(IoRegistration.class);
        IoUringIoHandle registered = register(channel);
        registered.handle(registration, answer(POLLRDHUP, 1));
        List<IoUringIoEvent> others = List.of(
                answer(POLLRDHUP | POLLIN, 2),
                answer(POLLRDHUP | POLLOUT, 3),
                answer(POLLOUT, 4),
                answer(CANCELLED, 5),
                new IoUringIoEvent(POLLRDHUP, 0, (byte) (POLL_ADD + 1), 6L));
        for (IoUringIoEvent other : others) {
            registered.handle(registration, other);
            verify(channel).handle(registration, other);
        }
        verify(executor, never()).schedule(any(Runnable.class), anyLong(), any());
    }
}
