package dev.skein.net.torture;

import java.util.Random;

/** A monitor; now and then who has it waits in it for a moment, and wakes those who wait. */
final class SharedMonitor implements Shared {
    @Override
    @SuppressWarnings("WaitNotInLoop") // it waits for nothing but a moment
    public void use(Random random) throws InterruptedException {
        synchronized (this) {
            Shared.hold(random);
            if (random.nextInt(500) == 0) {
                wait(1);
            } else if (random.nextInt(100) == 0) {
                notifyAll();
            }
        }
    }
}
