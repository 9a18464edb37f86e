package dev.skein.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Netty's io_uring handler, with room for what coroutines ask for, and ended so that the kernel has nothing of it any more.
 *
 * <p>Netty registers its ring with the kernel for the thread that it runs on, and hands a full ring over at once. From a
 * coroutine that only takes turns with that thread the kernel does not take it: EINVAL. Such a coroutine can fill the ring
 * but not empty it, so there the ring is as large as makes sense. To queue its operations until the loop continues is no way
 * out: by then Netty has used their memory again, and other bytes would be written.
 *
 * <p>Before it ends, Netty (4.2.18) wakes itself and has the kernel hold back all operations until the earlier ones are done.
 * Among those held back is the next read of its wake-ups. The kernel begins it when the ring, the descriptor and the memory
 * for it are gone: it writes into memory of other code by now, or takes the wake-up of the next loop that has that descriptor.
 * Here nothing is held back: the channels are closed, and the ring goes when the kernel has answered all that they asked for.
 *
 * <p>When the peer has ended its side, the kernel answers each poll with that at once, also the one for room to write. Netty
 * takes it for news of the input, and never writes again. Here it tries again a little later, and so on until there is room.
 */
final class UringIoHandlerFix extends ForwardingIoHandler {
    /** Between two polls. The kernel allows twice as many; each takes 100 bytes, with its answers. */
    private static final int OPERATIONS = 16_384;

    /** How long the kernel may take for its last answers, as in Netty. */
    private static final long LAST_ANSWERS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    // Of Linux: an operation of io_uring, and events of poll(2). Netty keeps its own to itself.
    private static final byte POLL_ADD = 6;
    private static final int POLLIN = 0x1;
    private static final int POLLOUT = 0x4;
    private static final int POLLRDHUP = 0x2000;

    /** Between two tries to write to a peer that has ended its side and takes no more at the moment. */
    private static final long RETRY_MILLIS = 2;

    private final IoHandler netty;
    private final ScheduledExecutorService executor;
    private final Set<Registered> open = new LinkedHashSet<>();
    private boolean closing;

    UringIoHandlerFix(IoHandler netty, ScheduledExecutorService executor) {
        this.netty = netty;
        this.executor = executor;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory netty = VirtualThreads.areMounted()
                ? IoUringIoHandler.newFactory()
                : IoUringIoHandler.newFactory(
                        new IoUringIoHandlerConfig().setRingSize(OPERATIONS).setCqSize(2 * OPERATIONS));
        return executor -> new UringIoHandlerFix(netty.newHandler(executor), (ScheduledExecutorService) executor);
    }

    @Override
    IoHandler netty() {
        return netty;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (closing) {
            throw new IllegalStateException("the loop is closing: it accepts no more channels");
        }
        return netty.register(handle instanceof IoUringIoHandle uring ? new Registered(uring) : handle);
    }

    @Override
    public void prepareToDestroy() {
        closing = true;
        for (Registered each : new ArrayList<>(open)) {
            try {
                each.close();
            } catch (Exception e) {
                LoopLog.warn("cannot close a channel as its loop closes", e);
            }
        }
    }

    @Override
    public void destroy() {
        Deadline deadline = new Deadline(System.nanoTime() + LAST_ANSWERS_NANOS);
        while (!open.isEmpty() && deadline.delayNanos(System.nanoTime()) > 0) {
            netty.run(deadline);
        }
        netty.destroy();
    }

    /** Known here from when Netty registers it until its last operation is done. */
    @SuppressWarnings("try") // Netty's close() throws Exception
    private final class Registered implements IoUringIoHandle {
        private final IoUringIoHandle handle;

        /** The one poll that asks for it has been answered. */
        private boolean peerEnded;

        Registered(IoUringIoHandle handle) {
            this.handle = handle;
        }

        @Override
        public void registered() {
            open.add(this);
            handle.registered();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (((IoUringIoEvent) event).opcode() == POLL_ADD && isOutputTakenForInput((IoUringIoEvent) event)) {
                retryOutput(registration, ((IoUringIoEvent) event).userData());
            } else {
                handle.handle(registration, event);
            }
        }

        /** Of polls that do not ask for input, one asks for the end of the peer's side, once; all others for room. */
        private boolean isOutputTakenForInput(IoUringIoEvent event) {
            boolean onlyPeerEnded = event.res() > 0 && (event.res() & (POLLIN | POLLOUT | POLLRDHUP)) == POLLRDHUP;
            boolean known = onlyPeerEnded && peerEnded;
            peerEnded |= onlyPeerEnded;
            return known;
        }

        /** Netty tries to write, and asks again if there is no room yet. */
        private void retryOutput(IoRegistration registration, long poll) {
            executor.schedule(
                    () -> handle.handle(registration, new IoUringIoEvent(POLLOUT, 0, POLL_ADD, poll)),
                    RETRY_MILLIS,
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void unregistered() {
            open.remove(this);
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }
    }

    /** Has a poll wait for the kernel until then. */
    private record Deadline(long untilNanos) implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return true;
        }

        @Override
        public long delayNanos(long nowNanos) {
            return Math.max(0, untilNanos - nowNanos);
        }

        @Override
        public long deadlineNanos() {
            return untilNanos;
        }
    }
}
