package dev.skein.loop;

import org.jspecify.annotations.Nullable;

/** A future that says in reports which call waits for it: {@code Lock.acquire}. Loop only. */
final class NamedFuture<T extends @Nullable Object> extends Future<T> {
    private final String name;

    NamedFuture(Loop loop, String name) {
        super(loop);
        this.name = name;
    }

    @Override
    String toName() {
        return Repr.cut(name);
    }

    @Override
    public String toString() {
        return toName() + "[" + describeState() + "]";
    }
}
