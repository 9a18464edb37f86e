package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Many who wait for one future, and are taken back. */
class WaiterListTest {
    private final List<Integer> called = new ArrayList<>();

    private Consumer<Future<String>> callback(int number) {
        return done -> called.add(number);
    }

    /** Against a plain list: any of a hundred callbacks is added, once or again, or taken back, a thousand times. */
    @Test
    void whoWasNotTakenBackIsCalledInTheOrderOfRegistration() {
        for (int seed = 0; seed < 200; seed++) {
            called.clear();
            List<Integer> model = new ArrayList<>();
            Random random = new Random(seed);
            int adds = 5 + random.nextInt(5);
            try (TestLoop loop = new TestLoop()) {
                loop.run(() -> {
                    List<Consumer<Future<String>>> callbacks = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        callbacks.add(callback(i));
                    }
                    Future<String> future = loop.loop().createFuture();
                    for (int step = 0; step < 1_000; step++) {
                        int one = random.nextInt(callbacks.size());
                        if (random.nextInt(10) < adds) {
                            future.addDoneCallback(callbacks.get(one));
                            model.add(one);
                        } else {
                            int before = model.size();
                            model.removeIf(other -> other == one);
                            assertThat(future.removeDoneCallback(callbacks.get(one)))
                                    .isEqualTo(before - model.size());
                        }
                    }
                    assertThat(future.toString()).contains(model.isEmpty() ? "pending" : "waiters=" + model.size());
                    future.setResult("done");
                });
            }
            assertThat(called).as("seed %d", seed).isEqualTo(model);
        }
    }

    @Test
    void callbacksAreToldApartByIdentity() {
        record Equal(List<Integer> called, int number) implements Consumer<Future<String>> {
            @Override
            public void accept(Future<String> done) {
                called.add(number);
            }

            @Override
            public boolean equals(Object other) {
                return other instanceof Equal;
            }

            @Override
            public int hashCode() {
                throw new UnsupportedOperationException("nobody has to ask");
            }
        }
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.loop().createFuture();
                List<Equal> all = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    all.add(new Equal(called, i));
                    future.addDoneCallback(all.getLast());
                }
                for (int i = 0; i < 38; i++) {
                    assertThat(future.removeDoneCallback(all.get(i))).isEqualTo(1);
                }
                future.setResult("done");
            });
        }
        assertThat(called).containsExactly(38, 39);
    }
}
