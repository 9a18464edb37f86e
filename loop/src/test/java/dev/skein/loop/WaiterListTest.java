package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many who wait for one future, and are taken back. */
class WaiterListTest {
    private final List<Integer> called = new ArrayList<>();

    private Consumer<Future<String>> callback(int number) {
        return done -> called.add(number);
    }

    /** Against a plain list: any of the callbacks is added, once or again, or taken back, a thousand times. */
    @ParameterizedTest
    @ValueSource(ints = {5, 100})
    void callbacksThatWereNotRemovedRunInTheirOrder(int different) {
        for (int seed = 0; seed < 200; seed++) {
            called.clear();
            List<Integer> model = new ArrayList<>();
            Random random = new Random(seed);
            int adds = 5 + random.nextInt(5);
            try (TestLoop loop = new TestLoop()) {
                loop.run(() -> {
                    List<Consumer<Future<String>>> callbacks = new ArrayList<>();
                    for (int i = 0; i < different; i++) {
                        callbacks.add(callback(i));
                    }
                    Future<String> future = loop.createFuture();
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

    /** A waiter by itself, which is in the list once at most; a done callback is its function, as often as it was added. */
    private static final class Single implements Waiter {
        private final int number;

        Single(int number) {
            this.number = number;
        }

        @Override
        public void futureDone(Future<?> future) {}

        @Override
        public String toString() {
            return "waiter " + number;
        }
    }

    /** Against a plain list: waiters come, leave from either end or from between, leave again in vain, and come back. */
    @ParameterizedTest
    @ValueSource(ints = {3, 15, 40, 200})
    void waitersThatLeaveAndComeBackAreToldInTheOrderInWhichTheyCame(int different) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Waiter> all = new ArrayList<>();
            for (int i = 0; i < different; i++) {
                all.add(new Single(i));
            }
            int fromTheEnds = random.nextInt(10);
            int adds = 3 + random.nextInt(7);
            List<Waiter> model = new ArrayList<>(List.of(all.get(0), all.get(1)));
            WaiterList list = new WaiterList(all.get(0), all.get(1));
            for (int step = 0; step < 1_000; step++) {
                Waiter one = all.get(random.nextInt(different));
                boolean comes = random.nextInt(10) < adds;
                if (!comes && !model.isEmpty() && random.nextInt(10) < fromTheEnds) {
                    one = random.nextBoolean() ? model.getFirst() : model.getLast();
                }
                if (comes && !model.contains(one)) {
                    list.add(one);
                    model.add(one);
                } else {
                    assertThat(list.remove(one)).as("seed %d", seed).isEqualTo(model.remove(one) ? 1 : 0);
                }
                assertThat(list.all()).as("seed %d", seed).isEqualTo(model);
                assertThat(list.size()).isEqualTo(model.size());
                assertThat(list.isLast(all.getFirst()))
                        .isEqualTo(!model.isEmpty() && model.getLast() == all.getFirst());
            }
        }
    }

    /** A few more than are searched, then a few less, and then more again. */
    @Test
    void aCallbackThatIsAddedAgainAmongManyReplacesNoOther() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Future<String> future = loop.createFuture();
                List<Consumer<Future<String>>> callbacks = new ArrayList<>();
                for (int i = 0; i < 17; i++) {
                    callbacks.add(callback(i));
                    future.addDoneCallback(callbacks.get(i));
                }
                assertThat(future.removeDoneCallback(callbacks.get(16))).isEqualTo(1);
                assertThat(future.removeDoneCallback(callbacks.get(15))).isEqualTo(1);
                future.addDoneCallback(callback(17));
                future.addDoneCallback(callbacks.get(15));
                assertThat(future.removeDoneCallback(callbacks.get(15))).isEqualTo(1);
                future.setResult("done");
            });
        }
        assertThat(called).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17);
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
                Future<String> future = loop.createFuture();
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

    /** One that promises to look, or not, and is to be kept for, or not. */
    private record Quiet(boolean retrieves, boolean keeps) implements Waiter {
        @Override
        public void futureDone(Future<?> future) {}
    }

    @Test
    void theListLooksAndKeepsIfOneInItDoes() {
        Waiter neither = new Quiet(false, false);
        for (boolean does : new boolean[] {true, false}) {
            WaiterList looking = new WaiterList(neither, new Quiet(does, false));
            assertThat(looking.retrieves()).isEqualTo(does);
            assertThat(looking.keeps()).isFalse();
            WaiterList keeping = new WaiterList(neither, new Quiet(false, does));
            assertThat(keeping.retrieves()).isFalse();
            assertThat(keeping.keeps()).isEqualTo(does);
        }
    }

    @Test
    void aListWithoutAGapHasNobodyBehindItsLast() {
        Waiter neither = new Quiet(false, false);
        WaiterList full = new WaiterList(neither, neither);
        full.add(neither);
        full.add(neither);
        assertThat(full.retrieves()).isFalse();
        assertThat(full.keeps()).isFalse();
        assertThat(full.all()).hasSize(4);
    }

    @Test
    void aRemovedWaiterNeitherRetrievesNorKeeps() {
        Waiter first = new Quiet(true, true);
        Waiter last = new Quiet(false, false);
        WaiterList list = new WaiterList(first, last);
        assertThat(list.isLast(first)).isFalse();
        assertThat(list.isLast(last)).isTrue();
        list.remove(first);
        assertThat(list.retrieves()).isFalse();
        assertThat(list.keeps()).isFalse();
        assertThat(list.all()).containsExactly(last);
    }
}
