package dev.skein.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The waiters of a future, if there are several: they are told in the order in which they were added. To take one back
 * takes no search, for there can be many, and each may be taken back: its place is left empty until half of them are, and a
 * map from a waiter to its place is made when one of many is taken back that is neither the oldest nor the newest. Loop only.
 */
final class WaiterList implements Waiter {
    /** So few are searched faster than looked up. */
    private static final int FEW = 16;

    private static final int NONE = -1;

    private @Nullable Waiter[] places;

    /** The first one that is there. */
    private int start;

    /** Behind the last one that is there. */
    private int end;

    private int size;

    /** The last place of each, once one of many was taken back. */
    private @Nullable IdentityHashMap<Object, Integer> lastPlaces;

    /** Beside each place: where the same one has the place before that, or none. */
    private int[] samesBefore = {};

    WaiterList(Waiter first, Waiter second) {
        places = new Waiter[] {first, second, null, null};
        end = 2;
        size = 2;
    }

    // Of a future's field, which is one waiter, a list of several, or null.

    /** {@code before}, to which {@code newcomer} has come. */
    static Waiter of(Waiter before, Waiter newcomer) {
        if (before instanceof WaiterList several) {
            several.add(newcomer);
            return several;
        }
        return new WaiterList(before, newcomer);
    }

    static int size(@Nullable Waiter waiter) {
        return waiter instanceof WaiterList several ? several.size() : waiter == null ? 0 : 1;
    }

    /** The tasks and futures that wait, each once, in the order in which they came. */
    static List<Future<?>> awaiters(@Nullable Waiter waiter) {
        Set<Future<?>> awaiters = new LinkedHashSet<>();
        if (waiter instanceof WaiterList several) {
            several.all().forEach(each -> addAwaiter(awaiters, each));
        } else if (waiter != null) {
            addAwaiter(awaiters, waiter);
        }
        return List.copyOf(awaiters);
    }

    private static void addAwaiter(Set<Future<?>> awaiters, Waiter waiter) {
        Future<?> awaiter = waiter.awaiter();
        if (awaiter != null) {
            awaiters.add(awaiter);
        }
    }

    // Of several.

    int size() {
        return size;
    }

    boolean isLast(Waiter who) {
        return end > 0 && places[end - 1] == who;
    }

    void add(Waiter newcomer) {
        if (end == places.length) {
            makeRoom();
        }
        places[end] = newcomer;
        if (lastPlaces != null) {
            look(lastPlaces, newcomer, end);
        }
        end++;
        size++;
    }

    private void makeRoom() {
        if (size > end / 2) {
            places = Arrays.copyOf(places, 2 * end);
            samesBefore = lastPlaces == null ? samesBefore : Arrays.copyOf(samesBefore, 2 * end);
        } else {
            closeGaps();
        }
    }

    /** Takes back each registration of {@code who}, a waiter or the function of a done callback, and gives their number. */
    int remove(Object who) {
        int before = size;
        if (lastPlaces == null && who instanceof Waiter waiter && isAtOneEnd(waiter)) {
            empty(isLast(waiter) ? end - 1 : start);
        } else if (end - start <= FEW) {
            // It would not hear of this one, and places that were taken back are given again.
            lastPlaces = null;
            for (int i = start; i < end; i++) {
                Waiter waiter = places[i];
                if (waiter != null && keyOf(waiter) == who) {
                    empty(i);
                }
            }
        } else {
            Integer last = index().remove(who);
            for (int i = last == null ? NONE : last; i != NONE; i = samesBefore[i]) {
                empty(i);
            }
        }
        trim();
        return before - size;
    }

    /** Only a callback can be there more than once. */
    private boolean isAtOneEnd(Waiter who) {
        return isLast(who) || places[start] == who;
    }

    private void trim() {
        while (end > 0 && places[end - 1] == null) {
            end--;
        }
        while (start < end && places[start] == null) {
            start++;
        }
        start = Math.min(start, end);
        if (end > FEW && size <= end / 2) {
            closeGaps();
        }
    }

    private void empty(int place) {
        places[place] = null;
        size--;
    }

    private IdentityHashMap<Object, Integer> index() {
        IdentityHashMap<Object, Integer> known = lastPlaces;
        if (known != null) {
            return known;
        }
        IdentityHashMap<Object, Integer> made = new IdentityHashMap<>(size);
        samesBefore = new int[places.length];
        for (int i = start; i < end; i++) {
            Waiter waiter = places[i];
            if (waiter != null) {
                look(made, waiter, i);
            }
        }
        lastPlaces = made;
        return made;
    }

    private void look(IdentityHashMap<Object, Integer> index, Waiter waiter, int place) {
        Integer before = index.put(keyOf(waiter), place);
        samesBefore[place] = before == null ? NONE : before;
    }

    /** Every place may be another's after this; those that are left are half as many as there were, or fewer. */
    private void closeGaps() {
        int to = 0;
        for (int i = start; i < end; i++) {
            Waiter waiter = places[i];
            places[i] = null;
            if (waiter != null) {
                places[to] = waiter;
                to++;
            }
        }
        start = 0;
        end = to;
        lastPlaces = null;
    }

    /** By what it is taken back: itself, or the function of a done callback. */
    static Object keyOf(Waiter waiter) {
        return waiter instanceof DoneCallback<?> callback ? callback.function() : waiter;
    }

    /** Tells all of them. */
    @Override
    public void futureDone(Future<?> future) {
        for (int i = start; i < end; i++) {
            Waiter waiter = places[i];
            if (waiter != null) {
                waiter.futureDone(future);
            }
        }
    }

    /** Whether one of them does. */
    @Override
    public boolean retrieves() {
        for (int i = start; i < end; i++) {
            Waiter waiter = places[i];
            if (waiter != null && waiter.retrieves()) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of them does. */
    @Override
    public boolean keeps() {
        for (int i = 0; i < end; i++) {
            Waiter waiter = places[i];
            if (waiter != null && waiter.keeps()) {
                return true;
            }
        }
        return false;
    }

    /** All of them, in their order. */
    List<Waiter> all() {
        List<Waiter> all = new ArrayList<>(size);
        for (int i = start; i < end; i++) {
            Waiter waiter = places[i];
            if (waiter != null) {
                all.add(waiter);
            }
        }
        return all;
    }
}
