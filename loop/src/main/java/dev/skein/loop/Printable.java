package dev.skein.loop;

import java.io.Serial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is given to a logger in place of an exception that it could not print: one with 20,000 causes or suppressed
 * exceptions, one that is its own cause, one whose message is endless or whose methods throw. Loggers walk down the causes
 * by recursion and ask without a guard. It says what the exception says and stands where that was thrown; of many causes it
 * has the first and the last ones.
 */
final class Printable extends Throwable {
    @Serial
    private static final long serialVersionUID = 1;

    /** The number of exceptions, with their causes and suppressed ones, that any logger prints. */
    private static final int FEW = 200;

    /** The number of causes of a long chain that are kept, from its beginning and from its end. */
    private static final int CAUSES = 20;

    private static final int CAUSES_COUNTED = 100_000;
    private static final int SUPPRESSED = 10;

    /** The number of levels of suppressed exceptions of suppressed ones. */
    private static final int LEVELS = 3;

    private static final int FRAMES = 1_024;
    private static final int TEXT = 10_000;

    private final String text;

    private Printable(@Nullable String message, String text, StackTraceElement[] frames) {
        super(message);
        this.text = text;
        setStackTrace(frames);
    }

    /** {@code thrown} itself, if a logger can print it, or what stands in for it. */
    static Throwable of(Throwable thrown) {
        return isHarmless(thrown) ? thrown : copy(thrown);
    }

    /** Whether a walk over all of it, on every way, comes to an end soon, and nothing on it throws or is endless. */
    private static boolean isHarmless(Throwable thrown) {
        try {
            ArrayDeque<Throwable> left = new ArrayDeque<>(List.of(thrown));
            for (int visited = 0; !left.isEmpty(); visited++) {
                Throwable next = left.remove();
                Throwable[] suppressed = next.getSuppressed();
                if (visited + left.size() + suppressed.length > FEW
                        || next.toString().length() > TEXT
                        || next.getStackTrace().length > FRAMES) {
                    return false;
                }
                left.addAll(Arrays.asList(suppressed));
                Throwable cause = next.getCause();
                if (cause != null) {
                    left.add(cause);
                }
            }
            return true;
        } catch (Throwable broken) {
            return false;
        }
    }

    /** What has the same text, stack, causes and suppressed exceptions, as far as they can be had, and nothing else. */
    static Throwable copy(Throwable thrown) {
        return copy(thrown, 0);
    }

    private static Printable copy(Throwable thrown, int level) {
        List<Throwable> chain = causes(thrown);
        Printable inner = null;
        int shown = 0;
        for (int i = chain.size() - 1; i >= 0; i--) {
            boolean left = i >= CAUSES && i < chain.size() - CAUSES;
            if (left && i == CAUSES) {
                inner = over(note((chain.size() - shown - CAUSES) + " more causes"), inner);
            } else if (!left) {
                inner = over(copyAlone(chain.get(i), level), inner);
                shown++;
            }
        }
        return inner == null ? note("nothing") : inner;
    }

    /** It and its causes, until one comes again. */
    private static List<Throwable> causes(Throwable thrown) {
        Set<Throwable> met = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> chain = new ArrayList<>();
        for (Throwable next = thrown; next != null && chain.size() < CAUSES_COUNTED && met.add(next); ) {
            chain.add(next);
            next = causeOf(next);
        }
        return chain;
    }

    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable broken) {
            return null;
        }
    }

    private static Printable over(Printable outer, @Nullable Printable cause) {
        if (cause != null) {
            outer.initCause(cause);
        }
        return outer;
    }

    private static Printable copyAlone(Throwable thrown, int level) {
        Printable copy = new Printable(messageOf(thrown), textOf(thrown), framesOf(thrown));
        Throwable[] suppressed = thrown.getSuppressed();
        int most = level < LEVELS ? SUPPRESSED : 0;
        for (int i = 0; i < Math.min(most, suppressed.length); i++) {
            copy.addSuppressed(copy(suppressed[i], level + 1));
        }
        if (suppressed.length > most) {
            copy.addSuppressed(note("and " + (suppressed.length - most) + " more"));
        }
        return copy;
    }

    private static @Nullable String messageOf(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? null : Repr.cut(message, TEXT);
        } catch (Throwable broken) {
            return null;
        }
    }

    private static String textOf(Throwable thrown) {
        try {
            return Repr.cut(thrown.toString(), TEXT);
        } catch (Throwable broken) {
            return Repr.of(thrown);
        }
    }

    private static StackTraceElement[] framesOf(Throwable thrown) {
        try {
            StackTraceElement[] frames = thrown.getStackTrace();
            return frames.length <= FRAMES ? frames : Arrays.copyOf(frames, FRAMES);
        } catch (Throwable broken) {
            return new StackTraceElement[0];
        }
    }

    private static Printable note(String text) {
        return new Printable(text, "... " + text, new StackTraceElement[0]);
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // it says what that one says which it stands for, and no more
    public String toString() {
        return text;
    }
}
