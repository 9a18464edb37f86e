package dev.skein.loop.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.testsupport.Await;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The heap itself: what a comparator does to it meanwhile, and what it keeps. */
class HeapTest {
    /** What the next comparison does to the heap first. */
    private final List<Runnable> meanwhile = new ArrayList<>();

    private final Heap<Integer> heap = new Heap<>((one, other) -> {
        while (!meanwhile.isEmpty()) {
            meanwhile.removeFirst().run();
        }
        return one.compareTo(other);
    });

    private void assertTold(Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOf(ConcurrentModificationException.class)
                .hasMessageContaining("it must only compare");
    }

    @Test
    void theFirstCanBeSeenWithoutBeingTaken() {
        assertThat(heap.peek()).isNull();
        heap.add(2);
        heap.add(1);
        assertThat(heap.peek()).isEqualTo(1);
        assertThat(heap).hasSize(2);
    }

    @Test
    void aChangeInTheMiddleOfATakingIsTold() {
        heap.addAll(List.of(1, 2, 3));
        meanwhile.add(() -> heap.add(4));
        assertTold(heap::remove);
        assertThat(List.of(heap.remove(), heap.remove(), heap.remove(), heap.remove()))
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void changesThatMakeUpForEachOtherAreTold() {
        heap.addAll(List.of(1, 2));
        meanwhile.addAll(List.of(() -> heap.add(3), heap::remove));
        assertTold(() -> heap.add(0));
        meanwhile.addAll(List.of(() -> heap.add(4), heap::clear));
        assertTold(() -> heap.add(0));
        assertThat(heap).isEmpty();
    }

    @Test
    void aClearedHeapKeepsNoItems() {
        Heap<Object> objects = new Heap<>(Comparator.comparing(Object::hashCode));
        objects.add(new Object());
        WeakReference<Object> item = new WeakReference<>(objects.peek());
        objects.clear();
        try {
            Await.until("what was cleared is collected", () -> {
                System.gc();
                return item.refersTo(null);
            });
        } finally {
            Reference.reachabilityFence(objects);
        }
    }
}
