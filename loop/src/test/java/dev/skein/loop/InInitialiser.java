package dev.skein.loop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/** Runs code in a class initialiser, where a thread cannot be unmounted: each time in that of a new class. */
final class InInitialiser {
    private static @Nullable Runnable told;

    private InInitialiser() {}

    /** Its bytes are made another class each time. */
    static final class Fresh {
        static {
            runWhatIsTold();
        }
    }

    static void runWhatIsTold() {
        Runnable mine = told;
        if (mine != null) {
            mine.run();
        }
    }

    static void run(Runnable action) throws IOException, IllegalAccessException {
        try (InputStream bytes = InInitialiser.class.getResourceAsStream("InInitialiser$Fresh.class")) {
            if (bytes == null) {
                throw new AssertionError("the test's own class is missing");
            }
            told = action;
            MethodHandles.lookup().defineHiddenClass(bytes.readAllBytes(), true);
        } finally {
            told = null;
        }
    }
}
