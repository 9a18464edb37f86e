package dev.skein.loop;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of a foreign object, for a message or a {@code toString}: Python's {@code reprlib}. It is cut at a bounded
 * length; a {@code toString} that throws, or never comes to its end, costs its own text and nothing else; and where an object
 * leads back to what is being written, it says {@code ...}. So what a user's class does decides over a text only.
 *
 * <p>To be asked late: when there is something to tell. Any thread.
 */
final class Repr {
    /** The number of characters that are shown of one object. */
    static final int MOST = 500;

    /** The number of elements that are shown of a collection, as in {@code reprlib}. */
    private static final int ELEMENTS = 6;

    /** The number of levels that are shown of things within things, as in {@code reprlib}. */
    private static final int LEVELS = 6;

    /** Whose texts the caller is in the middle of. A scoped value: it is gone with the call, on whatever thread. */
    private static final ScopedValue<Writing> WRITING = ScopedValue.newInstance();

    private record Writing(Object whole, @Nullable Writing outer, int level) {
        boolean isAbout(Object other) {
            for (Writing each = this; each != null; each = each.outer) {
                if (each.whole == other) {
                    return true;
                }
            }
            return false;
        }
    }

    private Repr() {}

    /** The text of {@code thing}: as much of what its {@code toString} says as is told, or that it cannot say it. */
    static String of(@Nullable Object thing) {
        StringBuilder text = new StringBuilder();
        try {
            append(text, thing, 0);
        } catch (Throwable broken) {
            return unprintable(thing, broken);
        }
        // Each part was cut; this is for a collection of long ones.
        return cut(text.toString(), 3 * MOST);
    }

    /** As {@link #of}, for a part of {@code whole}, whose text is being made: that text can be asked for again within. */
    static String part(Object whole, @Nullable Object part) {
        try {
            Writing outer = WRITING.isBound() ? WRITING.get() : null;
            if (outer != null && (outer.level >= LEVELS || outer.isAbout(whole))) {
                return "...";
            }
            Writing inner = new Writing(whole, outer, outer == null ? 1 : outer.level + 1);
            return ScopedValue.where(WRITING, inner).call(() -> of(part));
        } catch (Throwable broken) {
            return unprintable(part, broken);
        }
    }

    /** What an exception says, or null; that it cannot say it where it throws instead. */
    static @Nullable String message(Throwable from) {
        try {
            String message = from.getMessage();
            return message == null ? null : cut(message);
        } catch (Throwable broken) {
            return unprintable(from, broken);
        }
    }

    /** The beginning of {@code text}, if it is longer than is told. */
    static String cut(String text) {
        return cut(text, MOST);
    }

    static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, most) + "... (" + (text.length() - most) + " more characters)";
    }

    private static void append(StringBuilder text, @Nullable Object thing, int level) {
        if (thing != null && WRITING.isBound() && WRITING.get().isAbout(thing)) {
            text.append("...");
        } else if (thing instanceof Collection<?> collection && isOfTheJdk(thing)) {
            appendElements(text, collection, level);
        } else if (thing instanceof Map<?, ?> map && isOfTheJdk(thing)) {
            appendEntries(text, map, level);
        } else {
            // Even this can be null.
            String said = thing == null ? null : thing.toString();
            text.append(said == null ? "null" : cut(said));
        }
    }

    /** One that a program has made says itself how it looks. */
    private static boolean isOfTheJdk(Object thing) {
        return thing.getClass().getClassLoader() == null;
    }

    private static void appendElements(StringBuilder text, Collection<?> elements, int level) {
        text.append('[');
        int told = 0;
        for (Object element : elements) {
            if (isEnough(text, told, level)) {
                break;
            }
            separate(text, told++);
            appendGuarded(text, element, level + 1);
        }
        appendRest(text, elements.size() - told).append(']');
    }

    private static void appendEntries(StringBuilder text, Map<?, ?> map, int level) {
        text.append('{');
        int told = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (isEnough(text, told, level)) {
                break;
            }
            separate(text, told++);
            appendGuarded(text, entry.getKey(), level + 1);
            text.append('=');
            appendGuarded(text, entry.getValue(), level + 1);
        }
        appendRest(text, map.size() - told).append('}');
    }

    private static boolean isEnough(StringBuilder text, int told, int level) {
        return told == ELEMENTS || level == LEVELS || text.length() > MOST;
    }

    private static void separate(StringBuilder text, int told) {
        if (told > 0) {
            text.append(", ");
        }
    }

    private static void appendGuarded(StringBuilder text, @Nullable Object thing, int level) {
        try {
            append(text, thing, level);
        } catch (Throwable broken) {
            text.append(unprintable(thing, broken));
        }
    }

    private static StringBuilder appendRest(StringBuilder text, int rest) {
        return rest > 0 ? text.append(", ... ").append(rest).append(" more") : text;
    }

    private static String unprintable(@Nullable Object thing, Throwable broken) {
        String what = thing == null
                ? "null"
                : thing.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(thing));
        return what + " (its toString failed: " + broken.getClass().getName() + ")";
    }
}
