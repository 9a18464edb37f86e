package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.gather;

import dev.skein.loop.Awaitable;
import dev.skein.loop.sync.Semaphore;
import java.util.List;
import java.util.function.UnaryOperator;

/** All of many calls, a few at a time. */
final class FanOut {
    private FanOut() {}

    // region fan-out
    static List<String> fetchAll(List<String> names, int most, UnaryOperator<String> fetch) {
        Semaphore free = new Semaphore(most);
        List<Awaitable<String>> calls = names.stream()
                .<Awaitable<String>>map(name -> () -> {
                    try (var _ = free.hold()) {
                        return fetch.apply(name);
                    }
                })
                .toList();
        return gather(calls).await();
    }
    // endregion
}
