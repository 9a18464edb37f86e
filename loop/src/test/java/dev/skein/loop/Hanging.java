package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;

import dev.skein.loop.sync.Queue;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** Programs that hang, for the command that shows why. */
final class Hanging {
    private Hanging() {}

    /** One loop whose tasks wait for each other and for a queue, and one that a callback holds. */
    static final class Program {
        private Program() {}

        public static void main(String... args) throws InterruptedException {
            CountDownLatch holding = new CountDownLatch(1);
            Thread.ofPlatform().daemon().start(() -> holdALoop(holding));
            holding.await();
            run(Program::waitForEver);
        }

        private static void holdALoop(CountDownLatch holding) {
            newEventLoop().runUntilComplete(() -> {
                Loop.current().callSoon(() -> holdTheThread(holding));
                yieldNow();
            });
        }

        private static void holdTheThread(CountDownLatch holding) {
            holding.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void waitForEver() {
            Queue<String> queue = new Queue<>();
            Future<Task<?>> second = Loop.current().createFuture();
            Task<?> one = createTask(() -> awaitsThe(second.await()), "one");
            Task<?> two = createTask(() -> awaitsThe(one), "two");
            second.setResult(two);
            Loop.current().callSoon(() -> Loop.current().callSoon(() -> System.out.println("hangs")));
            gather(createTask(() -> takes(queue), "taker-1"), createTask(() -> takes(queue), "taker-2"))
                    .await();
        }

        private static void awaitsThe(Task<?> other) {
            other.await();
        }

        private static void takes(Queue<String> queue) {
            queue.get();
        }
    }

    /** The same in a class loader of its own, as where an application server runs it. */
    static final class InItsOwnLoader {
        private InItsOwnLoader() {}

        public static void main(String... args) throws IOException, ReflectiveOperationException {
            URL[] classPath = Arrays.stream(
                            System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(InItsOwnLoader::url)
                    .toArray(URL[]::new);
            try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
                var main = loader.loadClass(Program.class.getName()).getMethod("main", String[].class);
                main.setAccessible(true);
                main.invoke(null, (Object) args);
            }
        }

        private static URL url(String entry) {
            try {
                return new File(entry).toURI().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(entry, e);
            }
        }
    }
}
