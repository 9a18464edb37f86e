package dev.skein.loop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The cases of CPython's own test suite that a test stands for: {@code test_tasks.cancel_at_end} is
 * {@code test_cancel_at_end} in its {@code test_asyncio/test_tasks.py}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface PortedFrom {
    /** One name for each original. */
    String[] value();
}
