package dev.skein.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A Netty {@code EventLoopGroup} of loops, for any bootstrap. Each of its event loops is a {@link Loop} ({@link Loop#of}),
 * and runs from its first task until the group is shut down. Any thread.
 *
 * {@snippet :
 * try (LoopGroup group = new LoopGroup(2)) {
 *     Loop loop = Loop.of(group.next());
 *     runCoroutineThreadsafe(() -> fetch("index"), loop).join();
 * }
 * }
 *
 * <p>{@code shutdownGracefully} cancels the tasks of each loop and runs them to their end, at most for its timeout. It
 * ignores the quiet period. {@link #close} does the same and waits.
 */
public final class LoopGroup extends MultiThreadIoEventLoopGroup {
    /** Creates a group with one loop for each processor. */
    public LoopGroup() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /** Creates a group of {@code loops} loops. */
    public LoopGroup(int loops) {
        this(loops, options -> options);
    }

    /** Creates a group of {@code loops} loops with the given {@code options}. */
    public LoopGroup(int loops, UnaryOperator<LoopOptions> options) {
        this(loops, Objects.requireNonNull(options, "options").apply(LoopOptions.defaults()));
    }

    private LoopGroup(int loops, LoopOptions options) {
        super(checkPositive(loops), (Executor) null, SelectorEventLoop.ioHandlerFactory(options.transport()), options);
    }

    private static int checkPositive(int loops) {
        if (loops < 1) {
            throw new IllegalArgumentException("loops < 1: " + loops);
        }
        return loops;
    }

    @Override
    protected ThreadFactory newDefaultThreadFactory() {
        return new DefaultThreadFactory(getClass(), Thread.MAX_PRIORITY) {
            @Override
            protected Thread newThread(Runnable body, String name) {
                return LoopThread.newPlatformThread(name, body);
            }
        };
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory unused, Object... args) {
        return new Loop(this, executor, (LoopOptions) args[0], Inspection.OBSERVER).eventLoop();
    }

    /**
     * Shuts down the group and waits until each of its loops is closed. Suspends a coroutine of another loop, which can be
     * cancelled; the group shuts down nevertheless.
     *
     * @throws IllegalStateException in a coroutine or callback of the group itself, whose loop would wait for it
     */
    @Override
    @Suspends
    public void close() {
        Loop caller = LoopThread.loopOfCaller();
        if (caller != null && caller.eventLoop().parent() == this) {
            throw new IllegalStateException("close() of a group in one of its own loops would deadlock:"
                    + " call shutdownGracefully() there, or close the group elsewhere");
        }
        forEach(each -> shutDown(Loop.of((EventLoop) each)));
        LoopCore.awaitEnd(terminationFuture());
    }

    private static void shutDown(Loop loop) {
        loop.eventLoop().shutdownGracefully(0, loop.state().closeTimeoutNanos(), TimeUnit.NANOSECONDS);
    }
}
