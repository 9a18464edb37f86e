package dev.skein.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The frames of a coroutine's or loop's stack that say something: the user's, the word of Skein that was called there
 * ({@code Asyncio.sleep}, {@code Queue.get}), and the JDK's where it is the JDK that stopped it ({@code Thread.sleep}). Left
 * out is what each stack has: how a coroutine begins, awaits and suspends.
 */
final class Frames {
    /** Classes of which no frame helps; a lambda counts as the class that it stands in. */
    private static final Set<String> PLUMBING = Set.of(
            Action.class.getName(),
            Awaitable.class.getName(),
            BatonCoroutine.class.getName(),
            CallGraph.class.getName(),
            CallGraphCapture.class.getName(),
            Coroutine.class.getName(),
            Frames.class.getName(),
            Future.class.getName(),
            Generator.class.getName(),
            GeneratorBody.class.getName(),
            Guest.class.getName(),
            Handle.class.getName(),
            MountedCoroutine.class.getName(),
            ReadyQueue.class.getName(),
            Runner.class.getName(),
            RunnerContext.class.getName(),
            Stacks.class.getName(),
            Task.class.getName(),
            Asyncio.class.getPackageName() + ".testing.TestLoop",
            "java.lang.ScopedValue",
            "java.lang.ThreadBuilders",
            "java.lang.VirtualThread",
            "java.util.concurrent.locks.LockSupport",
            "jdk.internal.vm.Continuation",
            "jdk.internal.vm.ScopedValueContainer");

    /** Of these classes, other methods do help. */
    private static final Set<String> PLUMBING_METHODS = Set.of(
            Asyncio.class.getName() + ".await",
            Asyncio.class.getName() + ".awaitHere",
            Asyncio.class.getName() + ".captureCallGraph",
            Asyncio.class.getName() + ".printCallGraph",
            "java.lang.Thread.getStackTrace",
            "java.lang.Thread.run",
            "java.lang.Thread.runWith",
            "java.lang.Thread.yield");

    private Frames() {}

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
        String type = frame.getClassName();
        int nested = type.indexOf('$');
        String outermost = nested < 0 ? type : type.substring(0, nested);
        return !PLUMBING.contains(outermost) && !PLUMBING_METHODS.contains(type + "." + frame.getMethodName());
    }

    /** From here on it is how the loop's thread runs. */
    private static boolean isPass(StackTraceElement frame) {
        return frame.getClassName().equals(SelectorEventLoop.class.getName());
    }

    private static boolean isSuspension(StackTraceElement frame) {
        return frame.getClassName().equals(Coroutine.class.getName());
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
