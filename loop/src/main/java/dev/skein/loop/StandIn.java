package dev.skein.loop;

import java.io.Serial;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report tells in place of an exception that may know the future that failed with it: the same text, stack trace,
 * causes and suppressed exceptions, and nothing else. An inner class knows the object around it, and that its tasks; as
 * long as a report held such an exception, the future would never be collected, and so never be reported.
 */
final class StandIn extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** Of a failure with very many causes, so many are kept. */
    private static final int MOST = 100;

    private static final int LONGEST_TEXT = 10_000;

    /** Whether an exception of this class has nothing but text and numbers of its own, and can be kept as it is. */
    private static final ClassValue<Boolean> PLAIN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return type == Throwable.class
                        || type == ExceptionGroup.class
                        || (hasPlainFields(type) && get(type.getSuperclass()));
            } catch (LinkageError | RuntimeException notKnown) {
                return false;
            }
        }
    };

    private final String text;

    private StandIn(Throwable original) {
        super(messageOf(original));
        this.text = textOf(original);
        setStackTrace(stackOf(original));
    }

    /** {@code failure} itself where that can do no harm, else what stands in for it. */
    static Throwable of(Throwable failure) {
        return isPlain(failure) ? failure : copy(failure);
    }

    private static boolean hasPlainFields(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            Class<?> holds = field.getType();
            boolean plain = holds.isPrimitive() || holds == String.class || holds.isEnum();
            if (!plain && !Modifier.isStatic(field.getModifiers())) {
                return false;
            }
        }
        return true;
    }

    /** Whether it and all its causes and suppressed exceptions are. */
    private static boolean isPlain(Throwable failure) {
        IdentityHashMap<Throwable, Boolean> met = new IdentityHashMap<>();
        ArrayDeque<Throwable> left = new ArrayDeque<>();
        left.add(failure);
        while (!left.isEmpty()) {
            Throwable next = left.remove();
            if (met.put(next, true) == null) {
                if (!PLAIN.get(next.getClass()) || met.size() > MOST) {
                    return false;
                }
                Throwable cause = next.getCause();
                if (cause != null) {
                    left.add(cause);
                }
                left.addAll(List.of(next.getSuppressed()));
            }
        }
        return true;
    }

    /** As many as {@link #MOST}, each once: a circle of causes stays one. */
    private static Throwable copy(Throwable failure) {
        IdentityHashMap<Throwable, StandIn> copies = new IdentityHashMap<>();
        ArrayDeque<Throwable> left = new ArrayDeque<>();
        StandIn first = new StandIn(failure);
        copies.put(failure, first);
        left.add(failure);
        while (!left.isEmpty()) {
            Throwable original = left.remove();
            StandIn copy = copies.getOrDefault(original, first);
            StandIn cause = copyOf(causeOf(original), copies, left);
            if (cause != null && cause != copy) {
                copy.initCause(cause);
            }
            for (Throwable suppressed : original.getSuppressed()) {
                StandIn other = copyOf(suppressed, copies, left);
                if (other != null && other != copy) {
                    copy.addSuppressed(other);
                }
            }
        }
        return first;
    }

    private static @Nullable StandIn copyOf(
            @Nullable Throwable original, IdentityHashMap<Throwable, StandIn> copies, ArrayDeque<Throwable> left) {
        if (original == null || (copies.size() >= MOST && !copies.containsKey(original))) {
            return null;
        }
        return copies.computeIfAbsent(original, other -> {
            left.add(other);
            return new StandIn(other);
        });
    }

    // Each of these may be the code of a stranger.

    private static @Nullable Throwable causeOf(Throwable original) {
        try {
            return original.getCause();
        } catch (Throwable refused) {
            return null;
        }
    }

    private static StackTraceElement[] stackOf(Throwable original) {
        try {
            return original.getStackTrace();
        } catch (Throwable refused) {
            return new StackTraceElement[0];
        }
    }

    private static @Nullable String messageOf(Throwable original) {
        try {
            return cut(original.getMessage());
        } catch (Throwable refused) {
            return null;
        }
    }

    private static String textOf(Throwable original) {
        String name = original.getClass().getName();
        try {
            String text = cut(original.toString());
            return text == null ? name : text;
        } catch (Throwable refused) {
            return name;
        }
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
    }

    /** As the original would print. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the class's name is the original's too
    public String toString() {
        return text;
    }
}
