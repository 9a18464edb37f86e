package dev.skein.loop;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler, kept from losing a connection whose peer has ended its side.
 *
 * <p>Such a channel waits for nothing any more, so Netty (4.2.18) takes its descriptor out of epoll. It does not remember
 * that it has: when the next write finds the socket full and wants to hear when it is not, it changes an entry that is
 * gone, gets ENOENT, and closes the connection with what was queued. Here an entry that was added stays, with no event but
 * the edge-triggered flag: a hang-up, which epoll reports unasked, is then reported once and not again and again. Loop only.
 */
final class EpollIoHandlerFix extends ForwardingIoHandler {
    /**
     * The number of events that are taken from the kernel at a time. What a channel has read is then used, and answered, while it is
     * still in the processor's cache, and its buffer is free for the next: with all that is ready in one pass, large reads of
     * many connections cost half as much again.
     */
    private static final int EVENTS = 8;

    private final IoHandler netty;

    EpollIoHandlerFix(IoHandler netty) {
        this.netty = netty;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory netty = EpollIoHandler.newFactory(EVENTS, DefaultSelectStrategyFactory.INSTANCE);
        return executor -> new EpollIoHandlerFix(netty.newHandler(executor));
    }

    @Override
    IoHandler netty() {
        return netty;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(netty.register(handle));
    }

    private static final class Registration implements IoRegistration {
        private final IoRegistration netty;
        private boolean added;

        Registration(IoRegistration netty) {
            this.netty = netty;
        }

        @Override
        public long submit(IoOps ops) {
            boolean none = EpollIoOps.NONE.equals(ops);
            added |= !none;
            return netty.submit(none && added ? EpollIoOps.EPOLLET : ops);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
        public <T> T attachment() {
            return netty.attachment();
        }

        @Override
        public boolean isValid() {
            return netty.isValid();
        }

        @Override
        public boolean cancel() {
            return netty.cancel();
        }
    }
}
