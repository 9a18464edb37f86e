package dev.skein.loop;

import java.io.Serial;

/**
 * Thrown by {@link Generator.Emitter#emit} where the generator is being closed: Python's {@code GeneratorExit}.
 *
 * <p>An {@link Error}, so that {@code catch (Exception e)} does not swallow it. A body lets it out; what has to be done at
 * the end belongs in a {@code finally}, which may await but not emit.
 */
public final class GeneratorExit extends Error {
    @Serial
    private static final long serialVersionUID = 1;

    GeneratorExit() {
        super("the generator is being closed");
    }
}
