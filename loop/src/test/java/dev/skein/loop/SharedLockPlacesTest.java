package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link SharedLockTest} says holds wherever a loop runs code that is not ours, and whenever. */
@Execution(ExecutionMode.CONCURRENT)
@SuppressWarnings("LockNotBeforeTry") // a test that fails gives back nothing
class SharedLockPlacesTest {
    private final Trail trail = new Trail();
    private final ReentrantLock lock = new ReentrantLock();

    /** How something of a loop's own is made to call {@code body} once. */
    @FunctionalInterface
    private interface Place {
        void call(Loop loop, Runnable body);
    }

    private void use(String who) {
        lock.lock();
        try {
            trail.add(who);
        } finally {
            lock.unlock();
        }
    }

    private void letGoWhenBothWait() {
        // Where a coroutine that blocks holds its loop, nobody else comes as far as the lock.
        int waiters = RuntimeMode.isMounted() ? 2 : 1;
        Lost.until("all stand in line for the lock", () -> lock.getQueueLength() == waiters);
        lock.unlock();
    }

    /** A coroutine takes the lock, and behind it what is called at {@code place}; both must be through at the end. */
    private Awaitable<Boolean> coroutineBefore(Place place) {
        return () -> {
            Loop loop = Loop.current();
            Future<Boolean> called = loop.createFuture();
            Task<?> first = createTask(() -> use("coroutine"));
            yieldNow();
            place.call(loop, () -> {
                use("loop");
                called.setResult(true);
            });
            first.await();
            return called.await();
        };
    }

    private void holdsAt(Place place) throws Exception {
        LoopGroup group = Lost.group(Transport.preferred());
        lock.lock();
        CompletableFuture<?> over = runCoroutineThreadsafe(coroutineBefore(place), Loop.of(group.next()));
        letGoWhenBothWait();
        Lost.unlessEnded(over);
        assertThat(trail.entries()).containsExactly("coroutine", "loop");
        Lost.close(group);
    }

    @Test
    void inATimer() throws Exception {
        holdsAt((loop, body) -> loop.callLater(Duration.ofMillis(1), body));
    }

    @Test
    void inADoneCallback() throws Exception {
        holdsAt((loop, body) -> {
            Future<Boolean> future = loop.createFuture();
            future.addDoneCallback(done -> body.run());
            future.setResult(true);
        });
    }

    @Test
    void inAnExceptionHandler() throws Exception {
        holdsAt((loop, body) -> {
            loop.setExceptionHandler((of, error) -> body.run());
            loop.callSoon(() -> {
                throw new IllegalStateException("test");
            });
        });
    }

    @Test
    void atTheEndOfAPass() throws Exception {
        holdsAt(Loop::callAtPassEnd);
    }

    @Test
    void inATaskOfNettys() throws Exception {
        holdsAt((loop, body) -> loop.eventLoop().execute(body));
    }

    @Test
    void inATimerOfNettys() throws Exception {
        holdsAt((loop, body) -> loop.eventLoop().schedule(body, 1, TimeUnit.MILLISECONDS));
    }

    @Test
    void inVirtualTime() throws Exception {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        TestLoop loop = new TestLoop();
        lock.lock();
        Thread.ofPlatform()
                .daemon()
                .start(() -> over.complete(loop.run(coroutineBefore((of, body) -> {
                    of.callLater(Duration.ofMillis(1), body);
                }))));
        letGoWhenBothWait();
        Lost.unlessEnded(over);
        assertThat(trail.entries()).containsExactly("coroutine", "loop");
        loop.close();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void inTheFirstThingsThatALoopIsGivenBeforeItsThreadHasStarted(Transport transport) throws Exception {
        LoopGroup group = Lost.group(transport);
        Loop loop = Loop.of(group.next());
        lock.lock();
        CompletableFuture<?> coroutine = runCoroutineThreadsafe((Action) () -> use("coroutine"), loop);
        CompletableFuture<Boolean> callback = new CompletableFuture<>();
        loop.callSoonThreadsafe(() -> loop.callSoon(() -> {
            use("loop");
            callback.complete(true);
        }));
        letGoWhenBothWait();
        Lost.unlessEnded(coroutine);
        Lost.unlessEnded(callback);
        assertThat(trail.entries()).containsExactly("coroutine", "loop");
        Lost.close(group);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whileALoopCloses(Transport transport) throws Exception {
        LoopGroup group = Lost.group(transport);
        Loop loop = Loop.of(group.next());
        lock.lock();
        CompletableFuture<Boolean> asleep = new CompletableFuture<>();
        runCoroutineThreadsafe(
                (Action) () -> {
                    createTask(() -> atTheEnd(() -> use("coroutine")));
                    createTask(() -> atTheEnd(() -> {
                        loop.callSoon(() -> use("loop"));
                        yieldNow();
                    }));
                    yieldNow();
                    asleep.complete(true);
                },
                loop);
        Lost.unlessEnded(asleep);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            group.close();
            closed.complete(true);
        });
        letGoWhenBothWait();
        Lost.unlessEnded(closed);
        assertThat(trail.entries()).containsExactly("coroutine", "loop");
    }

    private static void atTheEnd(Runnable cleanUp) {
        try {
            sleep(Duration.ofHours(1));
        } finally {
            cleanUp.run();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void inAHandlerOfAStrangersBootstrap(Transport transport) throws Exception {
        LoopGroup group = Lost.group(transport);
        CompletableFuture<Boolean> handled = new CompletableFuture<>();
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(transport.serverSocketChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Handler(handled));
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        lock.lock();
        CompletableFuture<?> coroutine = runCoroutineThreadsafe(
                (Action) () -> {
                    Channel client = await(new Bootstrap()
                            .group(group)
                            .channel(transport.socketChannel())
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(server.localAddress()));
                    Task<?> first = createTask(() -> use("coroutine"));
                    yieldNow();
                    await(client.writeAndFlush(Unpooled.copyInt(1)));
                    first.await();
                },
                Loop.of(group.next()));
        letGoWhenBothWait();
        Lost.unlessEnded(coroutine);
        Lost.unlessEnded(handled);
        assertThat(trail.entries()).containsExactly("coroutine", "loop");
        Lost.close(group);
    }

    private final class Handler extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Boolean> handled;

        Handler(CompletableFuture<Boolean> handled) {
            this.handled = handled;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            use("loop");
            handled.complete(true);
        }
    }
}
