package dev.skein.loop;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Exceptions that a logger cannot print. */
enum Unprintable {
    WITH_20_000_CAUSES(() -> {
        RuntimeException nested = new RuntimeException("0");
        for (int i = 0; i < 20_000; i++) {
            nested = new RuntimeException("retry", nested);
        }
        return nested;
    }),
    WITH_20_000_SUPPRESSED_WITHIN_EACH_OTHER(() -> {
        RuntimeException nested = new RuntimeException("0");
        for (int i = 0; i < 20_000; i++) {
            RuntimeException outer = new RuntimeException("retry");
            outer.addSuppressed(nested);
            nested = outer;
        }
        return nested;
    }),
    WITH_ENDLESS_CAUSES(EndlessCauses::new),
    WHOSE_MESSAGE_THROWS(MessageThrows::new),
    WHOSE_MESSAGE_RECURSES(MessageRecurses::new),
    WHOSE_CAUSE_THROWS(CauseThrows::new),
    WHOSE_MESSAGE_IS_NULL_AS_TEXT(TextIsNull::new);

    @SuppressWarnings("ImmutableEnumChecker") // each makes a new one
    private final Supplier<RuntimeException> maker;

    Unprintable(Supplier<RuntimeException> maker) {
        this.maker = maker;
    }

    RuntimeException make() {
        return maker.get();
    }

    private static final class EndlessCauses extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            return new EndlessCauses();
        }
    }

    private static final class MessageThrows extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("no message");
        }
    }

    private static final class MessageRecurses extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            return "it says " + this;
        }
    }

    private static final class CauseThrows extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }
    }

    private static final class TextIsNull extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        @SuppressWarnings({"NullAway", "OverrideThrowableToString", "ToStringReturnsNull"}) // as careless programs do
        public @Nullable String toString() {
            return null;
        }
    }
}
