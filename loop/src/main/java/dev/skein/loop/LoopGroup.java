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
 * Loops as a Netty {@code EventLoopGroup} that any bootstrap takes: each of its event loops is a {@link Loop}
 * ({@link Loop#of}), and each runs from its first task until the group is shut down. Any thread.
 *
 * <p>{@code shutdownGracefully} cancels the tasks of each loop and runs them to their end, for as long as its timeout
 * says; its quiet period is not used. {@link #close} does the same and waits.
 */
public final class LoopGroup extends MultiThreadIoEventLoopGroup {
    /** A group of as many loops as there are processors. */
    public LoopGroup() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /** A group of {@code loops} loops. */
    public LoopGroup(int loops) {
        this(loops, options -> options);
    }

    /** A group of {@code loops} loops, each made as {@code options} say. */
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
     * Shuts the group down and waits until each of its loops has closed. In a coroutine of another loop it suspends, and can
     * be cancelled; the group shuts down all the same.
     *
     * @throws IllegalStateException in a coroutine or callback of the group itself, which its loop would wait for
     */
    @Override
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
