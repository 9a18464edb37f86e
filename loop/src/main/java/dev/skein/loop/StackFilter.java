package dev.skein.loop;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a coroutine's or loop's stack that say something: the user's, the word of Skein that was called there
 * ({@code Asyncio.sleep}, {@code Queue.get}), and the JDK's where it is the JDK that stopped it ({@code Thread.sleep}). Left
 * out is what each stack has: how a coroutine begins, awaits and suspends.
 */
@Plumbing
final class StackFilter {
    private static final String HOME = StackFilter.class.getPackageName() + ".";

    private static final Set<String> PLUMBING = Set.of(
            HOME + "testing.TestLoop",
            "java.lang.ScopedValue",
            "java.lang.ThreadBuilders",
            "java.lang.VirtualThread",
            "java.util.concurrent.locks.LockSupport",
            "jdk.internal.vm.Continuation",
            "jdk.internal.vm.ScopedValueContainer");

    /** Of these classes, other methods do help. */
    private static final Set<String> PLUMBING_METHODS = Set.of(
            "java.lang.Thread.getStackTrace",
            "java.lang.Thread.run",
            "java.lang.Thread.runWith",
            "java.lang.Thread.yield");

    /** Of the classes of this package, how they are marked. Any thread. */
    private static final ClassValue<Marks> MARKS = new ClassValue<>() {
        @Override
        protected Marks computeValue(Class<?> type) {
            return Marks.of(type);
        }
    };

    /** How a class is marked, and which of its methods are. */
    private record Marks(Plumbing.@Nullable Role role, Set<String> methods) {
        static final Marks NONE = new Marks(null, Set.of());

        static Marks of(Class<?> type) {
            Plumbing mark = type.getAnnotation(Plumbing.class);
            Set<String> methods = Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Plumbing.class))
                    .map(Method::getName)
                    .collect(Collectors.toUnmodifiableSet());
            return new Marks(mark == null ? null : mark.value(), methods);
        }
    }

    private StackFilter() {}

    /** Those of {@code stack}, innermost first as there. */
    static List<StackTraceElement> of(List<StackTraceElement> stack) {
        ArrayList<StackTraceElement> frames = new ArrayList<>();
        for (StackTraceElement frame : stack) {
            if (isPass(frame)) {
                break;
            }
            if (helps(frame)) {
                frames.add(frame);
            } else if (isSuspension(frame)) {
                dropJdkFrames(frames);
            }
        }
        return frames;
    }

    private static boolean helps(StackTraceElement frame) {
        String type = outermost(frame);
        Marks marks = marks(type);
        return marks.role == null
                && !marks.methods.contains(frame.getMethodName())
                && !PLUMBING.contains(type)
                && !PLUMBING_METHODS.contains(type + "." + frame.getMethodName());
    }

    private static String outermost(StackTraceElement frame) {
        String type = frame.getClassName();
        int nested = type.indexOf('$');
        return nested < 0 ? type : type.substring(0, nested);
    }

    private static Marks marks(String type) {
        if (!type.startsWith(HOME) || type.indexOf('.', HOME.length()) >= 0) {
            return Marks.NONE;
        }
        try {
            return MARKS.get(Class.forName(type, false, StackFilter.class.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError notOurs) {
            return Marks.NONE;
        }
    }

    /** From here on it is how the loop's thread runs. */
    private static boolean isPass(StackTraceElement frame) {
        return marks(frame.getClassName()).role == Plumbing.Role.LOOP;
    }

    private static boolean isSuspension(StackTraceElement frame) {
        return marks(frame.getClassName()).role == Plumbing.Role.SUSPENSION;
    }

    /** How the JDK parks a thread that awaits is of no interest, where it stands in a sleep or a lock of its own is. */
    private static void dropJdkFrames(List<StackTraceElement> frames) {
        while (!frames.isEmpty() && isOfJdk(frames.getLast().getClassName())) {
            frames.removeLast();
        }
    }

    private static boolean isOfJdk(String type) {
        return type.startsWith("java.") || type.startsWith("jdk.");
    }
}
