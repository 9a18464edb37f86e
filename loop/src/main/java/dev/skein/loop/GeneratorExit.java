package dev.skein.loop;

import java.io.Serial;

/**
 * Thrown by {@link Generator.Emitter#emit} if the generator is being closed: Python's {@code GeneratorExit}.
 *
 * <p>This is an {@link Error}, so that {@code catch (Exception e)} does not swallow it. A body must not catch it. Clean up in
 * a {@code finally} block, which may await but must not emit.
 */
public final class GeneratorExit extends Error {
    @Serial
    private static final long serialVersionUID = 1;

    GeneratorExit() {
        super("the generator is being closed");
    }
}
