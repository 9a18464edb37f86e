package dev.skein.net.torture;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Awaitable;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import dev.skein.loop.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four loops and some threads use whatever can make them wait for each other, at random, and each must go on to the end.
 *
 * <p>{@code mvn -Ptorture -pl net -am verify} runs it, as long as {@code -Dtorture.seconds} says, with
 * {@code -Dtorture.seed}, over {@code -Dskein.transport}, with what {@link Source} and
 * {@link Client.Kind} name; it fails if somebody has not beaten
 * for {@code -Dtorture.limit} seconds. What a failure leaves behind is not closed: its loops may be lost.
 */
class LockTorture {
    private static final int LOOPS = 4;
    private static final Duration LENGTH = seconds("torture.seconds", 60);
    private static final Duration LIMIT = seconds("torture.limit", 20);

    private final long seed = Long.getLong("torture.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Transport transport = Transport.preferred();
    private final LoopGroup group = new LoopGroup(LOOPS, options -> options.withTransport(transport));
    private final List<Loop> loops =
            IntStream.range(0, LOOPS).mapToObj(i -> Loop.of(group.next())).toList();
    private final Queue<ErrorContext> errors = new ConcurrentLinkedQueue<>();

    private static Duration seconds(String property, int otherwise) {
        return Duration.ofSeconds(Integer.getInteger(property, otherwise));
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // it has limits of its own
    void noLoopIsLostWhateverItShares(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
        Set<Source> sources = Source.asked();
        String what = transport + ", seed " + seed + ", " + sources;
        System.out.println("torture: " + LENGTH.toSeconds() + " s, " + what);
        TortureTls tls = TortureTls.make();
        Torture torture = new Torture(new Setting(loops, folder, tls), sources);
        Crowd crowd = new Crowd(torture, random);
        long start = System.nanoTime();
        try {
            run(torture, crowd, tls);
        } catch (AssertionError failure) {
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            throw new AssertionError("after " + seconds + " s, " + what + "; " + torture.uses(), failure);
        } finally {
            torture.end();
        }
        torture.putAway();
        System.out.println(report(torture, crowd));
        assertThat(errors).isEmpty();
        assertThat(torture.wrong()).isEmpty();
    }

    private void run(Torture torture, Crowd crowd, TortureTls tls) throws Exception {
        for (Loop loop : loops) {
            on(loop, crowd, () -> {
                loop.setExceptionHandler((of, error) -> errors.add(error));
                return true;
            });
        }
        Servers servers = on(loops.getFirst(), crowd, () -> new Servers(torture, group, transport, tls, random));
        crowd.start(servers, tls);
        new Watch(crowd.all(), LIMIT).through(LENGTH);

        torture.close();
        new Watch(crowd.hearts, LIMIT).awaitEnd();
        new Watch(crowd.parts, LIMIT).awaitEnd();
        on(loops.getFirst(), crowd, () -> {
            servers.close();
            return true;
        });
        closeLoops(crowd);
        torture.end();
        new Watch(crowd.threads, LIMIT).awaitEnd();
    }

    private void closeLoops(Crowd crowd) throws InterruptedException {
        assertThat(group.shutdownGracefully(0, LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .await(LIMIT.toSeconds() * 2, TimeUnit.SECONDS))
                .as("the loops end within %s", LIMIT.multipliedBy(2))
                .isTrue();
        assertThat(crowd.farewells.getCount())
                .as("loops that left a coroutine behind")
                .isZero();
    }

    private static <T extends @Nullable Object> T on(Loop loop, Crowd crowd, Awaitable<T> body) throws Exception {
        try {
            return runCoroutineThreadsafe(body, loop).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(
                    loop + " does not answer\n"
                            + HangReport.of(
                                    crowd.hearts.stream().map(Part::pulse).toList()),
                    e);
        }
    }

    private static String report(Torture torture, Crowd crowd) {
        return crowd.hearts.stream()
                .map(Part::pulse)
                .map(pulse -> pulse.name() + ": " + pulse.beats() + " beats, the longest pause "
                        + pulse.longestSilenceMillis() + " ms")
                .collect(Collectors.joining("\n", "torture: no loop was lost; " + torture.uses() + "\n", ""));
    }
}
