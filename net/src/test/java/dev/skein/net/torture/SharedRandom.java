package dev.skein.net.torture;

import java.security.SecureRandom;
import java.util.Random;
import java.util.UUID;

/** The JDK's source of secure random numbers, one for all. */
final class SharedRandom implements Shared {
    private final SecureRandom secure = new SecureRandom();

    @Override
    public void use(Random random) {
        if (random.nextBoolean()) {
            secure.nextBytes(new byte[1 + random.nextInt(64)]);
        } else if (UUID.randomUUID().version() != 4) {
            throw new AssertionError("not a random UUID");
        }
    }
}
