package dev.skein.loop;

import java.util.function.UnaryOperator;

/** The two clocks that a loop can have, for tests that hold with both. */
enum Time {
    REAL,
    VIRTUAL;

    UnaryOperator<LoopOptions> options() {
        return options -> this == VIRTUAL ? options.withVirtualTime() : options;
    }
}
