package dev.skein.loop;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;

/**
 * What is to happen when something is collected. Code that keeps this must not refer to that thing, or it never is. A thread of
 * the process waits for all of them; unlike the JDK's Cleaner this takes no lock where one is made or taken back.
 */
abstract class Collected extends PhantomReference<Object> {
    private static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();

    static {
        Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .name("skein-collected")
                .start(Collected::watchAll);
    }

    Collected(Object watched) {
        super(watched, QUEUE);
    }

    /** It was collected, and this not {@link #clear}ed before. On a thread of its own, that others need too. */
    abstract void collected();

    private static void watchAll() {
        while (true) {
            try {
                if (QUEUE.remove() instanceof Collected one) {
                    one.collected();
                }
            } catch (Throwable goesOn) {
                // No memory for a task of its loop: the others have their turn all the same.
            }
        }
    }
}
