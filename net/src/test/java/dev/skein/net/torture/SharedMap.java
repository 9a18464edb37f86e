package dev.skein.net.torture;

import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** A map with few bins, each of which is locked by whoever changes a key of it. */
final class SharedMap implements Shared {
    private final ConcurrentHashMap<Integer, Integer> counts = new ConcurrentHashMap<>();

    @Override
    public void use(Random random) {
        Integer key = random.nextInt(4);
        if (random.nextInt(20) == 0) {
            counts.remove(key);
        } else {
            counts.merge(key, 1, (count, one) -> {
                Shared.hold(random);
                return count + one;
            });
        }
    }
}
