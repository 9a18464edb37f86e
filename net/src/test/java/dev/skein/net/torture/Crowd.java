package dev.skein.net.torture;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;

import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** All who take part. */
final class Crowd {
    private static final int COROUTINES = 6;
    private static final int THREADS = 4;
    private static final int LAST_USES = 200;

    private final Torture torture;
    private final Random random;

    /** Of each loop two that do nothing but beat: a callback and a coroutine. */
    final List<Part> hearts = new ArrayList<>();

    final List<Part> parts = new ArrayList<>();
    final List<Part> threads = new ArrayList<>();
    final CountDownLatch farewells;

    Crowd(Torture torture, Random random) {
        this.torture = torture;
        this.random = random;
        this.farewells = new CountDownLatch(torture.loops().size());
    }

    void start(Servers servers, TortureTls tls) {
        for (int i = 0; i < torture.loops().size(); i++) {
            Loop loop = torture.loops().get(i);
            String name = "loop " + (i + 1);
            hearts.add(Coroutines.heart(torture, loop, name));
            hearts.add(Callbacks.heart(torture, loop, name));
            addCode(loop, name);
            addClients(loop, name, servers, tls);
            runCoroutineThreadsafe((Action) this::sayFarewell, loop);
        }
        for (int i = 0; i < THREADS; i++) {
            threads.add(PlainThread.start(torture, "thread " + (i + 1), next()));
        }
    }

    private void addCode(Loop loop, String name) {
        for (int i = 0; i < COROUTINES; i++) {
            parts.add(Coroutines.start(torture, loop, name, next()));
        }
        for (Callbacks.Way way : Callbacks.Way.values()) {
            parts.add(Callbacks.start(torture, loop, name, way, next()));
        }
    }

    private void addClients(Loop loop, String name, Servers servers, TortureTls tls) {
        for (Client.Kind kind : Client.Kind.asked()) {
            parts.add(Client.start(torture, loop, name, kind, servers.port(kind), tls, next()));
        }
    }

    /** Uses what is shared while its loop is closed. */
    private void sayFarewell() {
        try {
            sleep(Duration.ofDays(1));
        } finally {
            for (int i = 0; i < LAST_USES; i++) {
                torture.useOne(random);
            }
            farewells.countDown();
        }
    }

    List<Part> all() {
        List<Part> all = new ArrayList<>(hearts);
        all.addAll(parts);
        all.addAll(threads);
        return all;
    }

    private Random next() {
        return new Random(random.nextLong());
    }
}
