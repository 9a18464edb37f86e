package dev.skein.loop;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's io_uring handler, kept from being used on a thread that is not the loop's own.
 *
 * <p>Netty registers its ring with the kernel, for the thread that it runs on. A coroutine that only takes turns with that
 * thread counts as the loop, but when it fills the ring and Netty has to make room, the kernel does not know it and answers
 * EINVAL. What such a coroutine asks for is therefore queued, as that of any other thread is.
 */
final class UringHandler {
    private UringHandler() {}

    static IoHandlerFactory factory() {
        IoHandlerFactory netty = IoUringIoHandler.newFactory();
        return executor -> netty.newHandler(new OwnThread(executor));
    }

    private record OwnThread(ThreadAwareExecutor loop) implements ThreadAwareExecutor {
        @Override
        public boolean isExecutorThread(Thread thread) {
            return loop.isExecutorThread(thread) && (Coroutine.mounts() || !thread.isVirtual());
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }
    }
}
