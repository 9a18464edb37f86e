package dev.skein.net.torture;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Streams.openConnection;

import dev.skein.loop.Action;
import dev.skein.loop.Loop;
import dev.skein.net.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** A coroutine that connects, sends lines that must come back as they are, hangs up, and begins again. */
final class Client {
    /** Which of the servers it talks to. */
    enum Kind {
        STREAMS,
        MESSAGES,
        NETTY;

        /** Those that {@code -Dtorture.clients=streams,netty} names; all if it is not set, and none if it is empty. */
        static Set<Kind> asked() {
            Set<Kind> asked = EnumSet.allOf(Kind.class);
            String words = System.getProperty("torture.clients");
            if (words != null) {
                List<String> named = List.of(words.toUpperCase(Locale.ROOT).split(",", -1));
                asked.removeIf(kind -> !named.contains(kind.name()));
            }
            return asked;
        }
    }

    private final Torture torture;
    private final Kind kind;
    private final int port;
    private final TortureTls tls;
    private final Random random;

    private Client(Torture torture, Kind kind, int port, TortureTls tls, Random random) {
        this.torture = torture;
        this.kind = kind;
        this.port = port;
        this.tls = tls;
        this.random = random;
    }

    static Part start(Torture torture, Loop loop, String where, Kind kind, int port, TortureTls tls, Random random) {
        Pulse pulse = new Pulse(where + "'s client of " + kind);
        Client it = new Client(torture, kind, port, tls, random);
        return new Part(where, pulse, runCoroutineThreadsafe((Action) () -> it.work(pulse), loop));
    }

    private void work(Pulse pulse) throws IOException {
        while (!torture.isClosing()) {
            Connection connection = dial();
            try {
                talk(connection, pulse);
            } finally {
                hangUp(connection);
            }
            sleep(Duration.ofNanos(random.nextInt(5_000_000)));
        }
    }

    private Connection dial() throws IOException {
        return kind == Kind.STREAMS
                ? openConnection("localhost", port, o -> o.withTls(tls.client()))
                : openConnection(Servers.HOST, port);
    }

    private void talk(Connection connection, Pulse pulse) throws IOException {
        int turns = 1 + random.nextInt(20);
        for (int i = 0; i < turns && !torture.isClosing(); i++) {
            torture.useOne(random);
            exchange(connection, 1 + random.nextInt(8));
            pulse.beat();
        }
    }

    /** Several at once, so that the other side reads and writes at the same time. */
    private void exchange(Connection connection, int count) throws IOException {
        List<String> lines = IntStream.range(0, count)
                .mapToObj(i -> "line " + random.nextLong())
                .toList();
        for (String line : lines) {
            connection.writer().writeLine(line);
            if (random.nextBoolean()) {
                yieldNow();
            }
        }
        for (String line : lines) {
            String echoed = connection.reader().readLine();
            if (!line.equals(echoed)) {
                throw new AssertionError(kind + " echoed '" + echoed + "' for '" + line + "'");
            }
        }
    }

    private void hangUp(Connection connection) {
        if (random.nextBoolean()) {
            connection.abort();
        } else {
            connection.close();
        }
    }
}
