package dev.skein.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is waited for together, as a list of futures: all of it is checked before any of it starts. Loop only. */
@Plumbing
final class Awaitables {
    private Awaitables() {}

    /** Runs {@code body} in the caller's own coroutine. An interrupt that means a request to cancel is told as that. */
    static <T extends @Nullable Object, X extends Exception> T await(Call<T, X> body) throws X {
        Objects.requireNonNull(body, "body");
        Coroutine me = Coroutine.require("await()");
        try {
            return body.call();
        } catch (Exception e) {
            if (e instanceof InterruptedException && me.task().meaningOf(e) instanceof CancelledError cancelled) {
                throw cancelled;
            }
            throw e;
        }
    }

    /** Each future as it is, each lambda as a task of its own; in the order given. */
    @SuppressWarnings("unchecked") // the array holds what the collection held
    static <T extends @Nullable Object> List<Future<T>> start(
            Loop loop, String call, Collection<? extends Awaitable<? extends T>> awaitables) {
        Object[] given = checked(loop, call, awaitables);
        List<Future<T>> futures = new ArrayList<>(given.length);
        for (Object each : given) {
            futures.add(loop.ensureFuture((Awaitable<? extends T>) each));
        }
        return Collections.unmodifiableList(futures);
    }

    /** The future itself, or a task that runs the lambda. */
    static <T extends @Nullable Object> Future<T> start(Loop loop, String call, Awaitable<? extends T> awaitable) {
        check(loop, call, Objects.requireNonNull(awaitable, "awaitable"));
        return loop.ensureFuture(awaitable);
    }

    /** The futures in the order given. */
    @SuppressWarnings("unchecked") // the array holds what the collection held
    static <F extends Future<?>> List<F> of(Loop loop, String call, Collection<? extends F> futures) {
        return (List<F>) (List<?>) Arrays.asList(checked(loop, call, futures));
    }

    /** Refuses null, for {@code what}, and in it. */
    static <E> E[] requireAll(String what, E[] members) {
        Objects.requireNonNull(members, what);
        for (int i = 0; i < members.length; i++) {
            if (members[i] == null) {
                throw new NullPointerException(what + ": element " + i + " is null");
            }
        }
        return members;
    }

    private static Object[] checked(Loop loop, String call, Collection<?> members) {
        Object[] given = members.toArray();
        for (int i = 0; i < given.length; i++) {
            if (given[i] == null) {
                throw new NullPointerException(call + ": element " + i + " is null");
            }
            check(loop, call, given[i]);
        }
        return given;
    }

    private static void check(Loop loop, String call, Object member) {
        if (member instanceof Future<?> future && future.loop() != loop) {
            throw new IllegalArgumentException(
                    call + ": " + future + " belongs to another loop: use runCoroutineThreadsafe to cross");
        }
    }
}
