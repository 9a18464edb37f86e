package dev.skein.loop.flow;

import static dev.skein.loop.Asyncio.runCoroutineThreadsafe;

import dev.skein.loop.Loop;
import dev.skein.loop.LoopGroup;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** The rules of Reactive Streams for subscribers, over coroutines that iterate. */
@Test
public final class SubscriberRulesTest extends FlowSubscriberBlackboxVerification<Integer> {
    /** How long the kit waits for what must come, and how long for what must not. */
    private static final TestEnvironment MILLIS = new TestEnvironment(2_000, 50);

    private final LoopGroup group = new LoopGroup(1);

    /** For TestNG. */
    public SubscriberRulesTest() {
        super(MILLIS);
    }

    /** Ends the loop, and the coroutines that wait for items. */
    @AfterClass
    public void close() {
        group.close();
    }

    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
        FlowSubscriber<Integer> subscriber = new FlowSubscriber<>(4);
        runCoroutineThreadsafe(
                () -> {
                    while (subscriber.awaitItem()) {
                        subscriber.take();
                    }
                },
                Loop.of(group.next()));
        return subscriber;
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }
}
