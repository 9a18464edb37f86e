package dev.skein.net.torture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;

/** Buffers of Netty's allocators; most are released by another thread than has made them. */
final class SharedBuffers implements Shared {
    /** One arena, so that all meet there. */
    private final ByteBufAllocator pooled = new PooledByteBufAllocator(true, 1, 1, 8192, 4, 64, 8, false);

    private final ArrayBlockingQueue<ByteBuf> handedOver = new ArrayBlockingQueue<>(100);

    @Override
    public void use(Random random) {
        ByteBufAllocator allocator = random.nextInt(4) == 0 ? ByteBufAllocator.DEFAULT : pooled;
        ByteBuf made = allocator.directBuffer(1 << random.nextInt(17)).writeByte(1);
        if (!handedOver.offer(made)) {
            made.release();
        }
        ByteBuf others = random.nextBoolean() ? handedOver.poll() : null;
        if (others != null) {
            others.release();
        }
    }

    @Override
    public void close() {
        for (ByteBuf left = handedOver.poll(); left != null; left = handedOver.poll()) {
            left.release();
        }
    }
}
