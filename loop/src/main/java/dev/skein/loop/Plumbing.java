package dev.skein.loop;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/**
 * Marks a class, or a method, whose frames say nothing about a program: a call graph and the watchdog leave them out
 * ({@link StackFilter}). A lambda counts as the class that it stands in.
 */
@Retention(RetentionPolicy.RUNTIME)
@interface Plumbing {
    /** What its frame means for those around it. */
    Role value() default Role.DETAIL;

    /** Where a frame stands in a stack. */
    enum Role {
        /** Between the program's own frames. */
        DETAIL,
        /** How a coroutine suspends: what the JDK does for that, further in, is left out as well. */
        SUSPENSION,
        /** How a loop runs: what lies further out is left out as well. */
        LOOP
    }
}
