package dev.skein.loop;

import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.flow.Publishers;
import dev.skein.loop.testing.TestLoop;
import dev.skein.testsupport.Await;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stream of another thread's is something that virtual time waits for. */
class FlowInVirtualTimeTest {
    private static final class Quiet implements Flow.Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }

    /** Keeps the subscription that it is given. */
    private static final class Asker implements Flow.Subscriber<Integer> {
        Flow.@Nullable Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(Integer item) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onComplete() {}
    }

    /** Does {@code action} in another thread, when the loop has had time to find that everything waits. */
    private static void afterALookRound(Loop loop, Runnable action) {
        Task<?> me = CurrentTask.thisTask();
        Thread.ofPlatform().start(() -> {
            Await.until("it awaits", () -> TaskStacks.isSuspended(me));
            long steps = loop.watch().steps();
            Await.until("the loop has looked round", () -> loop.watch().steps() > steps + 10);
            action.run();
        });
    }

    @Test
    void virtualTimeWaitsForPublisherAndSubscriberAndNoLonger() {
        try (TestLoop test = new TestLoop()) {
            test.run(() -> {
                Loop loop = test.loop();
                Flow.Publisher<Integer> source = subscriber -> {
                    subscriber.onSubscribe(new Quiet());
                    afterALookRound(loop, () -> {
                        subscriber.onNext(1);
                        subscriber.onComplete();
                    });
                };
                assertThat(Publishers.items(source, 1)).containsExactly(1);

                Future<String> over = loop.createFuture();
                Asker asker = new Asker();
                Publishers.<Integer>publisher(out -> {
                            out.emit(2);
                            over.setResult("over");
                        })
                        .subscribe(asker);
                yieldNow();
                afterALookRound(
                        loop, () -> Objects.requireNonNull(asker.subscription).request(2));
                assertThat(over.await()).isEqualTo("over");
            });
            assertThatThrownBy(() -> test.run(() -> test.createFuture().await()))
                    .hasMessageStartingWith("deadlock: every task waits, and no timer is pending");
        }
    }
}
