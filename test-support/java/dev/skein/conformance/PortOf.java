package dev.skein.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A case of CPython's own test suite that a test stands for, one annotation for each original:
 * {@code test_tasks.cancel_at_end} is {@code test_cancel_at_end} in its {@code test_asyncio/test_tasks.py}. Where several
 * classes of a file have a case of that name, the class stands between: {@code test_locks.LockTests.repr}. The names, and
 * why some do not transfer, are in {@code docs/asyncio-tests.txt}.
 */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.METHOD)
@Repeatable(PortOf.All.class)
public @interface PortOf {
    /** The original's name. */
    String value();

    /** Several of them. */
    @Retention(RetentionPolicy.SOURCE)
    @Target(ElementType.METHOD)
    @interface All {
        /** The originals. */
        PortOf[] value();
    }
}
