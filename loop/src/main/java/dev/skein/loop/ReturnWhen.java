package dev.skein.loop;

/** When {@code waitUntil} returns, asyncio's {@code return_when}; in any case when its time is over. */
public enum ReturnWhen {
    /** When all are done. */
    ALL_COMPLETED,

    /** When one is done, in whatever way. */
    FIRST_COMPLETED,

    /** When one has failed, or all are done. One that was cancelled has not failed. */
    FIRST_EXCEPTION
}
