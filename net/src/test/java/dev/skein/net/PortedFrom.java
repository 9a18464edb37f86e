package dev.skein.net;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The tests of CPython's asyncio that this test stands for, as {@code test_streams.test_readline}. */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.METHOD)
@interface PortedFrom {
    String[] value();
}
