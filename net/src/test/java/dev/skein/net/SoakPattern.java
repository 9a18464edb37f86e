package dev.skein.net;

import java.io.IOException;

/** The bytes of one connection: which follow from its number and their place, so that no two have the same. */
final class SoakPattern {
    private final int id;
    private long place;

    SoakPattern(int id) {
        this.id = id;
    }

    /** The next {@code count} of them. */
    byte[] next(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = at(place++);
        }
        return bytes;
    }

    /** Checks that {@code bytes} are the next ones. */
    void check(byte[] bytes) throws Wrong {
        for (byte got : bytes) {
            byte expected = at(place);
            if (got != expected) {
                throw new Wrong("connection " + id + ": byte " + place + " is " + got + ", not " + expected);
            }
            place++;
        }
    }

    long place() {
        return place;
    }

    private byte at(long index) {
        long mixed = (index + 1) * 0x9E3779B97F4A7C15L + id * 0xC2B2AE3D27D4EB4FL;
        return (byte) (mixed ^ mixed >>> 29 ^ mixed >>> 47);
    }

    /** A byte that was lost, doubled or another connection's. */
    static final class Wrong extends IOException {
        private static final long serialVersionUID = 1;

        Wrong(String what) {
            super(what);
        }
    }
}
