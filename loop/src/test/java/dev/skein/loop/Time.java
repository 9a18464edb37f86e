package dev.skein.loop;

import java.util.function.UnaryOperator;

/** The two clocks that a loop can have, for tests that hold with both. */
enum Time {
    REAL(options -> options),
    VIRTUAL(LoopOptions::withVirtualTime);

    private final UnaryOperator<LoopOptions> options;

    Time(UnaryOperator<LoopOptions> options) {
        this.options = options;
    }

    UnaryOperator<LoopOptions> options() {
        return options;
    }
}
