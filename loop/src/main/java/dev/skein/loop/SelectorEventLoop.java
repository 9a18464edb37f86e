package dev.skein.loop;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Netty's event loop with asyncio's pass, asyncio's {@code SelectorEventLoop}: the one selector thread that a
 * {@link Loop} is.
 *
 * <p>Netty's part is the I/O handler, the queue of tasks from other threads, and the timers that were set on it as an
 * executor. Ours are the ready queue and the queue of timers: what Netty's tasks and what timers do for us is to append to
 * the ready queue, and {@link #ready} alone takes from it.
 *
 * <p>Closing is ours too, whatever calls it. Netty's own would leave every suspended coroutine where it is: no
 * {@code finally} would run. See {@link LoopShutdown}.
 */
@Plumbing(Plumbing.Role.LOOP)
final class SelectorEventLoop extends SingleThreadIoEventLoop {
    /** A poll is a system call and a step a tenth of a microsecond, so rounds repeat; I/O waits no longer than this. */
    private static final long SLICE_NANOS = 100_000;

    /**
     * The slice of a loop in virtual time, whose order must be the same on a machine of any speed: a number of rounds, about as
     * many as usually fit.
     */
    private static final int SLICE_ROUNDS = 100;

    /** The number of steps between two readings of the clock, which take as long as much of a step. */
    private static final int STEPS_UNTIMED = 4;

    /** But before a round, if the next timer is as near as this: longer than those steps take, unless one blocks the loop. */
    private static final long NEAR_NANOS = 10_000_000;

    /**
     * How often a loop in virtual time looks in vain for what the kernel has on its way, and rests a moment each time,
     * before time jumps: some 3 ms. Looks are counted, not time, for a machine that stands still in between has not looked.
     */
    private static final int QUIET_LOOKS = 30;

    private static final long IDLE_NANOS = 1_000_000_000;

    /** A poll ends after an hour at the latest, so that no transport has to reckon with centuries. */
    private static final long LONGEST_POLL_NANOS = 3_600_000_000_000L;

    private final Loop loop;
    private final LoopClock clock;
    private @Nullable LoopShutdown closing;
    private int quietLooks;

    // Of the slice that is running: when it began, and the last look at the clock.
    private long sliceBegan;
    private long sliceNow;
    private long stepsAtSliceNow;
    private long roundsAtSliceBegin;

    private final Runnable rest = this::rest;
    private long rested;

    SelectorEventLoop(
            Loop loop, LoopClock clock, @Nullable IoEventLoopGroup parent, Executor executor, Transport with) {
        // Before super(...), which asks for the ticker and for hasTasks().
        this.loop = loop;
        this.clock = clock;
        super(parent, loop.thread().on(executor), ioHandlerFactory(with));
    }

    /**
     * Netty's part of a loop that uses {@code transport}.
     *
     * @throws IllegalStateException if that is not available here
     */
    static IoHandlerFactory ioHandlerFactory(Transport transport) {
        transport.requireAvailable();
        return switch (transport) {
            case NIO -> CarrierNioHandler.factory();
            case EPOLL -> EpollIoHandlerFix.factory();
            case IO_URING -> UringIoHandlerFix.factory();
            case KQUEUE -> KQueueIoHandler.newFactory();
        };
    }

    Loop loop() {
        return loop;
    }

    @Override
    protected void run() {
        loop.thread().begin();
        try {
            loop.observer.started(loop);
            ioHandler().initialize();
            while (!loop.isClosed()) {
                guardedPass();
            }
        } finally {
            loop.observer.ended(loop);
            loop.end();
            moveClock();
        }
    }

    private void guardedPass() {
        try {
            pass();
        } catch (Throwable failure) {
            loop.errors().report("unexpected exception in the event loop; continuing", failure);
        }
    }

    /** One pass, the only place that runs callbacks and coroutines. */
    private void pass() {
        loop.watch().step();
        int events = poll();
        loop.watch().step();
        boolean tasks = tasks();
        loop.thread().clear();
        int steps = ready();
        loop.watch().step();
        flush();
        boolean nothingDone = events + steps == 0 && !tasks;
        if (isShuttingDown()) {
            close(nothingDone);
        } else if (loop.isRunning()) {
            idle(nothingDone);
        }
    }

    /** Waits for I/O, not at all if anything is ready, else until the next timer; Netty dispatches what came. */
    private int poll() {
        return runIo();
    }

    /** Runs Netty's own tasks and timers, and what other threads submitted. */
    boolean tasks() {
        return runAllTasks(SLICE_NANOS);
    }

    /**
     * Runs what was ready when this round began, in order; what that makes ready is the next round. Before a round the
     * timers that are due join the end of the queue.
     */
    private int ready() {
        if (!loop.isRunning()) {
            return 0;
        }
        lookAtClock();
        sliceBegan = sliceNow;
        long before = stepsAtSliceNow;
        roundsAtSliceBegin = loop.ready().rounds();
        do {
            queueDueTimers(roundTime());
            loop.ready().runRound();
            loop.state().stopIfAsked();
        } while (mayRepeatRound());
        return (int) (loop.watch().steps() - before);
    }

    private boolean mayRepeatRound() {
        return loop.ready().size() > 0 && loop.isRunning() && !isSliceOver();
    }

    /** Whether, between two rounds, there is nothing to do that is for the loop's own thread. On the carrier. */
    boolean isNextRoundForCarrier() {
        return mayRepeatRound() && !loop.state().isStopping() && nextMoment() > roundTime();
    }

    /** The time at which a round begins, whose timers are those that are due by then. */
    private long roundTime() {
        if (loop.watch().steps() != stepsAtSliceNow && mayTimerBeDue()) {
            lookAtClock();
        }
        return clock.at(sliceNow);
    }

    /** One that was set since the last look may have no delay at all, or a deadline that is past. */
    private boolean mayTimerBeDue() {
        return !clock.isVirtual() && (loop.timers().takeAdded() || nextMoment() - clock.at(sliceNow) < NEAR_NANOS);
    }

    private void lookAtClock() {
        loop.timers().takeAdded();
        sliceNow = System.nanoTime();
        stepsAtSliceNow = loop.watch().steps();
    }

    private boolean isSliceOver() {
        if (clock.isVirtual()) {
            return loop.ready().rounds() - roundsAtSliceBegin >= SLICE_ROUNDS;
        }
        if (loop.watch().steps() - stepsAtSliceNow >= STEPS_UNTIMED) {
            lookAtClock();
        }
        return sliceNow - sliceBegan >= SLICE_NANOS;
    }

    /** Netty's tasks would move due timers behind themselves, and those that are due a moment later would overtake. */
    @Override
    protected boolean fetchFromScheduledTaskQueue(Queue<Runnable> behind) {
        queueDueTimers(clock.nanoTime());
        return true;
    }

    private void queueDueTimers(long now) {
        while (nextMoment() <= now) {
            if (nextTimer() <= nextOfNetty()) {
                loop.timers().take().due();
            } else {
                safeExecute(pollScheduledTask(now));
            }
        }
    }

    /** When the next timer is due, or {@link TimerQueue#NONE}. */
    private long nextMoment() {
        return Math.min(nextTimer(), nextOfNetty());
    }

    /** Of the loop's own. Those that come due in a pause do so in the next run, behind what is made ready before it. */
    private long nextTimer() {
        return loop.state().isRunning() ? loop.timers().earliest() : TimerQueue.NONE;
    }

    private long nextOfNetty() {
        long deadline = nextScheduledTaskDeadlineNanos();
        return deadline == -1 ? TimerQueue.NONE : deadline;
    }

    /** Flushes each channel that a coroutine wrote to in this pass, once. */
    private void flush() {
        loop.ready().runPassEnd();
    }

    private void close(boolean nothingDone) {
        if (closing == null) {
            closing = new LoopShutdown(loop);
        }
        if (!closing.isOver()) {
            idle(nothingDone);
            return;
        }
        flush();
        ioHandler().prepareToDestroy();
        ready();
        moveClock();
        if (closing.isOver() && confirmShutdown()) {
            ready();
            flush();
            if (closing.isOver()) {
                loop.markClosed();
            }
        }
    }

    /** Has it close without waiting for the default executor. */
    void leaveExecutor() {
        if (closing == null) {
            loop.defaultExecutor().setJoinLimit(null);
        } else {
            closing.leaveExecutor();
        }
    }

    /** While it shuts down, Netty waits, 100 ms at a time, for its clock to move. */
    private void moveClock() {
        clock.advanceTo(clock.nanoTime() + 1);
    }

    /** If nothing was done in this pass, what waits for that is next; else virtual time jumps. */
    private void idle(boolean nothingDone) {
        if (!nothingDone || loop.ready().size() > 0) {
            quietLooks = 0;
        } else if (loop.ready().hasWhenIdle()) {
            queueWhenIdle();
        } else if (clock.isVirtual()) {
            jump();
        }
    }

    /** Virtual time first looks for bytes on their way, as before a jump. */
    private void queueWhenIdle() {
        if (clock.isVirtual() && getNumOfRegisteredChannels() > 0 && quietLooks < QUIET_LOOKS) {
            quietLooks++;
            restOnCarrier();
        } else {
            quietLooks = 0;
            loop.ready().queueWhenIdle();
        }
    }

    /** Virtual time jumps, unless something may come from outside. */
    private void jump() {
        long next = nextMoment();
        boolean sockets = getNumOfRegisteredChannels() > 0;
        if (loop.externalWork().isWorking()) {
            // What it takes is real time, so time passes for the tasks that wait for it too.
            clock.advanceTo(clock.nanoTime() + restOnCarrier());
        } else if (next == TimerQueue.NONE && (sockets || loop.externalWork().isAwaited())) {
            restOnCarrier();
        } else if (sockets && quietLooks < QUIET_LOOKS) {
            quietLooks++;
            restOnCarrier();
        } else if (next != TimerQueue.NONE) {
            clock.advanceTo(next);
            quietLooks = 0;
        } else {
            loop.reportDeadlock();
        }
    }

    /** Not in the loop's own thread: while that waits in the JDK, coroutines continue in the middle of what it does. */
    private long restOnCarrier() {
        loop.thread().runOnCarrier(rest);
        return rested;
    }

    private void rest() {
        rested = clock.rest();
    }

    // What Netty asks.

    @Override
    public Ticker ticker() {
        return clock;
    }

    /** Netty's own classes are asked for, by bootstraps that choose a channel's class. */
    @Override
    public boolean isIoType(Class<? extends IoHandler> handlerType) {
        IoHandler mine = ioHandler();
        return (mine instanceof ForwardingIoHandler ours ? ours.netty() : mine)
                .getClass()
                .equals(handlerType);
    }

    /** True also while callbacks of ours are ready, or time is virtual: then a poll must not block. */
    @Override
    protected boolean hasTasks() {
        return loop.hasWork() || super.hasTasks();
    }

    /** The native transports measure this against the system's clock; virtual time does not wait in a poll anyway. */
    @Override
    protected long deadlineNanos() {
        if (clock.isVirtual()) {
            return clock.nanoTime() + IDLE_NANOS;
        }
        long next = nextMoment();
        return next == TimerQueue.NONE ? -1 : Math.max(next, 0);
    }

    @Override
    protected long delayNanos(long systemNanos) {
        if (clock.isVirtual()) {
            return IDLE_NANOS;
        }
        long delay = Math.max(nextMoment(), 0) - clock.at(systemNanos);
        return Math.clamp(delay, 0, LONGEST_POLL_NANOS);
    }

    /** True also for the coroutine that this loop has mounted: what it does counts as done by the loop's thread. */
    @Override
    public boolean inEventLoop(Thread thread) {
        return loop.thread().standsInForOwn(thread) || super.inEventLoop(thread);
    }

    /** Netty's quiet period would have its thread sleep; ours is not needed, and the timeout is our grace time. */
    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        loop.state().setCloseTimeout(unit.toNanos(timeout));
        return super.shutdownGracefully(0, timeout, unit);
    }

    /** Not at once, as Netty's: tasks end first. */
    @Override
    @Deprecated
    public void shutdown() {
        super.shutdownGracefully(0, loop.state().closeTimeoutNanos(), TimeUnit.NANOSECONDS);
    }
}
