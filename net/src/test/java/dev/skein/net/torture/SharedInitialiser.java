package dev.skein.net.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** A class that nobody has used yet, always a fresh one: several come to initialise it at once, and all but one wait. */
final class SharedInitialiser implements Shared {
    private final String name;
    private final byte[] code;
    private final AtomicReference<Class<?>> current;

    SharedInitialiser(Class<?> model) {
        name = model.getName();
        code = codeOf(model);
        current = new AtomicReference<>(fresh());
    }

    private static byte[] codeOf(Class<?> model) {
        try (InputStream file = model.getResourceAsStream(model.getSimpleName() + ".class")) {
            return Objects.requireNonNull(file, model.getName()).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void use(Random random) throws ClassNotFoundException {
        Class<?> fresh = current.get();
        // Loaded it is already: what is waited for is the initialiser, and no class loader.
        Class.forName(name, true, fresh.getClassLoader());
        if (random.nextInt(3) == 0) {
            current.compareAndSet(fresh, fresh());
        }
    }

    private Class<?> fresh() {
        return new Fresh().define();
    }

    private final class Fresh extends ClassLoader {
        Fresh() {
            super(SharedInitialiser.class.getClassLoader());
        }

        Class<?> define() {
            return defineClass(name, code, 0, code.length);
        }
    }
}
