package dev.skein.net;

/** asyncio's words for streams, for static import. */
public final class Streams {
    private Streams() {}
}
