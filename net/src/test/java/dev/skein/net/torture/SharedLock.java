package dev.skein.net.torture;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** A lock; now and then who has it stops in the JDK meanwhile, as one does that reads from a socket of the JDK. */
final class SharedLock implements Shared {
    private final ReentrantLock lock;

    SharedLock(boolean fair) {
        lock = new ReentrantLock(fair);
    }

    @Override
    public void use(Random random) {
        lock.lock();
        try {
            Shared.hold(random);
            if (random.nextInt(500) == 0) {
                LockSupport.parkNanos(50_000);
            }
        } finally {
            lock.unlock();
        }
    }
}
