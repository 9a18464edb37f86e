package dev.skein.loop;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Relay} of each operation of others that futures of a loop follow, by the operation itself. It keeps neither:
 * an operation holds its relay, as its listener. Loop only.
 */
final class Relays {
    private static final int FEW = 64;

    private final Map<Key, Key> known = new HashMap<>();
    private int many = FEW;

    /** The one of {@code source}, or null. */
    @SuppressWarnings("unchecked") // a relay is found by its own source, whose type is its own
    <T extends @Nullable Object> @Nullable Relay<T> find(Object source) {
        Key key = known.get(new Key(source, null));
        return key == null ? null : (Relay<T>) key.get();
    }

    void add(Object source, Relay<?> relay) {
        if (known.size() >= many) {
            known.keySet().removeIf(key -> key.refersTo(null));
            many = Math.max(FEW, 2 * known.size());
        }
        Key key = new Key(source, relay);
        known.put(key, key);
    }

    void remove(Object source) {
        known.remove(new Key(source, null));
    }

    int size() {
        return known.size();
    }

    /** Equal to another of the same operation, by its relay; one that is only asked with has the operation itself. */
    private static final class Key extends WeakReference<@Nullable Relay<?>> {
        private final int hash;
        private final @Nullable Object asked;

        Key(Object source, @Nullable Relay<?> relay) {
            super(relay);
            this.hash = System.identityHashCode(source);
            this.asked = relay == null ? source : null;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (!(other instanceof Key key)) {
                return false;
            }
            return this == other || (hash == key.hash && (isOf(key.asked) || key.isOf(asked)));
        }

        private boolean isOf(@Nullable Object source) {
            Relay<?> relay = get();
            return relay != null && source != null && relay.isOf(source);
        }
    }
}
