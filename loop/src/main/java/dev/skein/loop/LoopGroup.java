package dev.skein.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;

/**
 * Loops as a Netty {@code EventLoopGroup} that any bootstrap takes: each of its event loops is a {@link Loop}
 * ({@link Loop#of}), and each runs from its first task until the group is shut down. Any thread.
 *
 * <p>{@code shutdownGracefully} cancels the tasks of each loop and runs them to their end, for as long as its timeout
 * says; its quiet period is not used. {@code close} does the same and waits.
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
        super(checkPositive(loops), (Executor) null, options.transport().ioHandlerFactory(), options);
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
        return new Loop(this, executor, (LoopOptions) args[0]).eventLoop();
    }
}
