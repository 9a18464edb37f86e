package dev.skein.loop;

/**
 * When {@code waitUntil} returns: asyncio's {@code return_when}. With a timeout it also returns when that is over.
 *
 * {@snippet :
 * Task<String> one = createTask(() -> fetch("mirror-1"));
 * Task<String> other = createTask(() -> fetch("mirror-2"));
 * IO.println(waitUntil(List.of(one, other), ReturnWhen.FIRST_COMPLETED).done());
 * }
 */
public enum ReturnWhen {
    /** When all futures are done. */
    ALL_COMPLETED,

    /** When one future is done: completed, failed or cancelled. */
    FIRST_COMPLETED,

    /** When one future has failed, or all are done. A future that was cancelled has not failed. */
    FIRST_EXCEPTION
}
