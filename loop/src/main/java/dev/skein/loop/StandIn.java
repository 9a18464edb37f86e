package dev.skein.loop;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What a report tells in place of an exception that may know the future that failed with it: the same text, stack trace,
 * causes and suppressed exceptions, and nothing else. An inner class knows the object around it, and that its tasks; as
 * long as a report held such an exception, the future would never be collected, and so never be reported.
 */
final class StandIn {
    /** With more causes it is copied, which bounds them. */
    private static final int MOST = 100;

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

    private StandIn() {}

    /** {@code failure} itself where that can do no harm, else what stands in for it. */
    static Throwable of(Throwable failure) {
        return isPlain(failure) ? failure : Printable.copy(failure);
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

    /** Whether it and all its causes and suppressed exceptions are. Each of its methods may be the code of a stranger. */
    private static boolean isPlain(Throwable failure) {
        try {
            return allPlain(failure);
        } catch (Throwable broken) {
            return false;
        }
    }

    private static boolean allPlain(Throwable failure) {
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
}
