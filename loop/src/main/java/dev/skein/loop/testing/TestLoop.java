package dev.skein.loop.testing;

import dev.skein.loop.Action;
import dev.skein.loop.Asyncio;
import dev.skein.loop.Awaitable;
import dev.skein.loop.ErrorContext;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopOptions;
import java.io.Serial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A loop in virtual time, for tests: three hours of sleep pass in a moment. It is the same loop, with a clock that stands
 * still while there is work and jumps to the next deadline when there is none. While work is under way outside (a thread
 * of {@code toThread}, a coroutine stopped in the JDK) its time passes as real time does, and before a jump it waits a moment for bytes that are on
 * their way between sockets. When
 * everything waits and no deadline is set, {@link #run} throws an IllegalStateException that lists who waits for what.
 *
 * <p>With a seed the coroutines run in another order than usual, the same one for the same seed, and what fails names it:
 * {@link LoopOptions#withSeed} says which order is promised all the same. {@link #forEachSeed} tries many.
 *
 * <p>Errors that nobody awaits are collected; {@link #close} fails with those that the test has not asked for by
 * {@link #errors}. A plain thread calls its methods, and not two threads at once.
 */
public final class TestLoop implements AutoCloseable {
    /** So many errors are told of in full. */
    private static final int ERRORS_TOLD = 10;

    private final Loop loop;
    private final Optional<Seed> seed;
    private final List<ErrorContext> errors = new ArrayList<>();
    private boolean errorsSeen;

    /** A loop on the best transport of this machine. */
    public TestLoop() {
        this(options -> options);
    }

    /** A loop made as {@code options} say, in virtual time. */
    public TestLoop(UnaryOperator<LoopOptions> options) {
        LoopOptions chosen = Objects.requireNonNull(options, "options")
                .apply(LoopOptions.defaults())
                .withVirtualTime();
        loop = Asyncio.newEventLoop(o -> chosen);
        seed = chosen.seed().stream().mapToObj(Seed::new).findAny();
    }

    /**
     * Calls {@code test} with a loop for each of the seeds from 0 on, and closes that: for what must not depend on the order
     * of the coroutines. The first one to fail is the last.
     *
     * @throws AssertionError that names the seed, around whatever the test or the close has thrown
     */
    public static void forEachSeed(int seeds, Consumer<? super TestLoop> test) {
        Objects.requireNonNull(test, "test");
        for (int i = 0; i < seeds; i++) {
            long seed = i;
            try (TestLoop loop = new TestLoop(options -> options.withSeed(seed))) {
                test.accept(loop);
            } catch (Throwable failure) {
                throw new AssertionError("seed " + seed + ": " + failure, failure);
            }
        }
    }

    /** Runs {@code main} until it is done; what else is left stays for the next run, or ends with {@link #close}. */
    public <T extends @Nullable Object> T run(Awaitable<? extends T> main) {
        Objects.requireNonNull(main, "main");
        try {
            return loop.runUntilComplete(() -> {
                loop.setExceptionHandler((of, context) -> errors.add(context));
                return main.await();
            });
        } catch (RuntimeException | Error failure) {
            seed.ifPresent(failure::addSuppressed);
            throw failure;
        }
    }

    /** As {@link #run(Awaitable)}, for a main without a result. */
    public void run(Action main) {
        run(Objects.requireNonNull(main, "main").asAwaitable());
    }

    /** The virtual time that has passed since the loop was made. */
    public Duration elapsed() {
        return Duration.ofNanos(loop.time());
    }

    /** The loop itself. */
    public Loop loop() {
        return loop;
    }

    /** The errors that nobody awaited so far; asking for them means that the test expects them. */
    public List<ErrorContext> errors() {
        errorsSeen = true;
        return List.copyOf(errors);
    }

    /**
     * Closes the loop, as {@link Loop#close}.
     *
     * @throws AssertionError if there were errors that nobody asked for
     */
    @Override
    public void close() {
        loop.close();
        if (!errorsSeen && !errors.isEmpty()) {
            int more = errors.size() - ERRORS_TOLD;
            List<ErrorContext> told = more > 0 ? errors.subList(0, ERRORS_TOLD) : errors;
            AssertionError unexpected = new AssertionError(
                    "errors that nobody awaited: " + told + (more > 0 ? " and " + more + " more" : ""));
            told.forEach(context -> context.exception().ifPresent(unexpected::addSuppressed));
            seed.ifPresent(unexpected::addSuppressed);
            throw unexpected;
        }
    }

    /** What a failure carries, so that its report says how to have it again. */
    private static final class Seed extends Exception {
        @Serial
        private static final long serialVersionUID = 1;

        Seed(long seed) {
            super("the order was that of seed " + seed + ": new TestLoop(o -> o.withSeed(" + seed + ")) has it again");
            setStackTrace(new StackTraceElement[0]);
        }
    }
}
