package dev.skein.loop.sync;

/** One of this package's objects, and beside it a plain record of how it must stand. */
abstract class Model {
    final Program program;

    Model(Program program) {
        this.program = program;
    }

    /** A random use of the object, in the worker's coroutine; what it waits for may be cancelled. */
    abstract void act(Worker me);

    /** A random use that does not wait, by somebody else. */
    void poke() {}

    /** Nobody is about to go on by itself: then nobody waits who need not, and the object stands as recorded. */
    abstract void checkSettled();

    final void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("not so: " + what + ", " + describe());
        }
    }

    abstract String describe();
}
