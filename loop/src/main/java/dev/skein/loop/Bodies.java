package dev.skein.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One form of a body as another, so that what runs bodies is written for one form. Any thread. */
@Plumbing
final class Bodies {
    private Bodies() {}

    static <X extends Exception> Call<@Nullable Void, X> call(VoidCall<X> body) {
        Objects.requireNonNull(body, "body");
        return () -> {
            body.call();
            return null;
        };
    }

    static <T extends @Nullable Object, X extends Exception> Timeout.Body<T, X> inTime(Call<T, X> body) {
        Objects.requireNonNull(body, "body");
        return timeout -> body.call();
    }

    static <X extends Exception> Timeout.Body<@Nullable Void, X> inTime(VoidCall<X> body) {
        Objects.requireNonNull(body, "body");
        return timeout -> {
            body.call();
            return null;
        };
    }

    static <X extends Exception> Timeout.Body<@Nullable Void, X> inTime(Timeout.VoidBody<X> body) {
        Objects.requireNonNull(body, "body");
        return timeout -> {
            body.run(timeout);
            return null;
        };
    }

    static TaskGroup.Body<@Nullable Void> inGroup(TaskGroup.VoidBody body) {
        Objects.requireNonNull(body, "body");
        return group -> {
            body.run(group);
            return null;
        };
    }
}
