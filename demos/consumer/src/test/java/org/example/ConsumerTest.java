package org.example;

import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.skein.loop.Loop;
import dev.skein.loop.Transport;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ConsumerTest {
    @Test
    void anHourTakesNoTime() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> sleep(Duration.ofHours(1)));

            assertEquals(Duration.ofHours(1), loop.elapsed());
        }
    }

    /** These tests have no flag: byte-buddy-agent is on their class path. */
    @Test
    void coroutinesAreMounted() {
        assertTrue(run(() -> Consumer.mounts()));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theNativeTransportIsTaken() {
        assertEquals(Transport.EPOLL, run(() -> Loop.current().transport()));
    }
}
