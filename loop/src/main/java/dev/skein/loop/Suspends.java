package dev.skein.loop;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that may suspend the calling coroutine: its turn can end inside the call, and other code of the loop runs
 * before the call returns. For documentation and checkers; nothing in Skein reads it.
 *
 * {@snippet :
 * List<String> pages = new ArrayList<>();
 * int before = pages.size();
 * pages.add(fetch("index")); // fetch suspends: before may be out of date here
 * }
 *
 * <p>Not every call suspends, and which ones do may change. A method that is not marked never does, except for one that runs
 * code of the caller's, and the iterators of {@link Asyncio#asCompleted}, of {@link Generator} and of streams.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface Suspends {}
