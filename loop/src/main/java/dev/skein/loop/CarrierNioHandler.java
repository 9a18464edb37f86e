package dev.skein.loop;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Netty's NIO handler, whose waiting is the carrier's: in a virtual thread, which the loop's own is, the JDK's selector does
 * not wait by itself but has another thread wait for it, at half as much again for a single connection.
 *
 * <p>Netty asks a strategy whether to select; this one does so itself, if need be on the carrier, and says how much was
 * found. Loop only, but for {@link #wakeup}.
 */
final class CarrierNioHandler extends ForwardingIoHandler {
    /**
     * <pre>
     *  AWAKE    -&gt; BLOCKING  the carrier is about to select
     *  BLOCKING -&gt; AWAKE     it has selected
     *  BLOCKING -&gt; WAKING    a thread wakes it, alone: the JDK's selector has a lock for that, and no thread may wait for it
     *                        behind a coroutine
     *  WAKING   -&gt; AWAKE     the waker is done; until then no select blocks
     * </pre>
     */
    private enum State {
        AWAKE,
        BLOCKING,
        WAKING
    }

    private static final long LONGEST_MILLIS = 3_600_000;

    private final ThreadAwareExecutor executor;
    private final LoopThread thread;
    private final IoHandler netty;
    private final AtomicReference<State> state = new AtomicReference<>(State.AWAKE);
    private final Runnable select = this::select;

    /** Netty opens another if this one fails. Any thread. */
    private volatile @Nullable Selector selector;

    private @Nullable IoHandlerContext context;
    private long timeoutMillis;
    private int selected;

    private CarrierNioHandler(ThreadAwareExecutor executor, LoopThread thread) {
        this.executor = executor;
        this.thread = thread;
        this.netty = NioIoHandler.newFactory(new SelectorSpy(opened -> selector = opened), () -> this::choose)
                .newHandler(executor);
    }

    static IoHandlerFactory factory() {
        return VirtualThreads.areMounted()
                ? executor -> new CarrierNioHandler(
                        executor, ((SelectorEventLoop) executor).loop().thread())
                : NioIoHandler.newFactory();
    }

    @Override
    IoHandler netty() {
        return netty;
    }

    @Override
    public int run(IoHandlerContext context) {
        this.context = context;
        return netty.run(context);
    }

    /** How many channels are ready; waits for the first unless the loop has something to do. */
    private int choose(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int ready = selectNow.get();
        if (ready > 0 || hasTasks || !state.compareAndSet(State.AWAKE, State.BLOCKING)) {
            return ready;
        }
        try {
            // Tasks first come in and then wake: a thread that did not see that this blocks was seen here.
            return mayBlock() && thread.runOnCarrier(select) ? selected : 0;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            state.compareAndSet(State.BLOCKING, State.AWAKE);
        }
    }

    private boolean mayBlock() {
        IoHandlerContext asked = context;
        if (asked == null || !asked.canBlock()) {
            return false;
        }
        // Rounded up, as asyncio's: rounded down, the loop would spin until the timer is due.
        timeoutMillis = Math.min(LONGEST_MILLIS, (asked.delayNanos(System.nanoTime()) + 999_999) / 1_000_000);
        return timeoutMillis > 0;
    }

    /** On the carrier. */
    private void select() {
        Selector mine = selector;
        try {
            selected = mine == null ? 0 : mine.select(timeoutMillis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void wakeup() {
        if (executor.isExecutorThread(Thread.currentThread()) || !state.compareAndSet(State.BLOCKING, State.WAKING)) {
            return;
        }
        try {
            Selector its = selector;
            if (its != null) {
                its.wakeup();
            }
        } finally {
            state.set(State.AWAKE);
        }
    }
}
