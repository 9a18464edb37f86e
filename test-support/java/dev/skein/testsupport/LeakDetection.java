package dev.skein.testsupport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that has lost a buffer. JUnit finds it by itself: it is named in {@code META-INF/services}. */
public final class LeakDetection implements BeforeAllCallback, AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Collectors());
    }

    /** Loads the class, before Netty makes its first detector. */
    @Override
    public void beforeAll(ExtensionContext context) {}

    @Override
    @SuppressWarnings("SystemGc") // a buffer is known to be lost once it was collected
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // A detector reports what was collected when it is asked to watch the next one.
            ByteBufAllocator.DEFAULT.directBuffer(1).release();
        }
        if (!LEAKS.isEmpty()) {
            String all = String.join("\n", LEAKS);
            LEAKS.clear();
            throw new AssertionError(all);
        }
    }

    private static final class Collectors extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // it is abstract
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long maxActive) {
            return new Collector<>(resource, interval);
        }
    }

    private static final class Collector<T> extends ResourceLeakDetector<T> {
        Collector(Class<T> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            LEAKS.add("lost " + resourceType + ": " + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            LEAKS.add("lost " + resourceType);
        }
    }
}
