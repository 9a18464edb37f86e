package dev.skein.loop;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/**
 * Netty's io_uring handler, with room for what coroutines ask for.
 *
 * <p>Netty registers its ring with the kernel for the thread that it runs on, and hands a full ring over at once. From a
 * coroutine that only takes turns with that thread the kernel does not take it: EINVAL. Such a coroutine can fill the ring
 * but not empty it, so there the ring is as large as makes sense. To queue its operations until the loop goes on is no way
 * out: by then Netty has used their memory again, and other bytes would be written.
 */
final class UringHandler {
    /** Between two polls. The kernel allows twice as many; each takes 100 bytes, with its answers. */
    private static final int OPERATIONS = 16_384;

    private UringHandler() {}

    static IoHandlerFactory factory() {
        return Coroutine.mounts()
                ? IoUringIoHandler.newFactory()
                : IoUringIoHandler.newFactory(
                        new IoUringIoHandlerConfig().setRingSize(OPERATIONS).setCqSize(2 * OPERATIONS));
    }
}
