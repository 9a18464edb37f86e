package dev.skein.loop.flow;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;

import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** The rules of Reactive Streams for publishers, over coroutines that emit. */
@Test
public final class PublisherRulesTest extends FlowPublisherVerification<Long> {
    /** How long the kit waits for what must come, and how long for what must not. */
    private static final TestEnvironment MILLIS = new TestEnvironment(2_000, 50);

    private final LoopGroup group = new LoopGroup(1);

    /** For TestNG. */
    public PublisherRulesTest() {
        super(MILLIS);
    }

    /** Ends the loop. */
    @AfterClass
    public void close() {
        group.close();
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
        Generator.Body<Long> counting = out -> {
            for (long i = 0; i < elements; i++) {
                out.emit(i);
            }
        };
        return runCoroutineThreadsafe(() -> Publishers.publisher(counting), Loop.of(group.next()))
                .join();
    }

    /** One whose loop is gone. */
    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
        try (Loop loop = newEventLoop()) {
            return loop.runUntilComplete(() -> Publishers.publisher(out -> out.emit(1L)));
        }
    }
}
