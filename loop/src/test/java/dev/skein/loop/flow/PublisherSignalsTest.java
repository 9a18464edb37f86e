package dev.skein.loop.flow;

import static dev.skein.loop.Asyncio.currentTask;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.isA;
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** All that a subscriber hears of a publisher: the subscription, the items in order, one end, and nothing else. */
class PublisherSignalsTest {
    private static final Generator.Body<Integer> THREE = out -> {
        for (int i = 1; i <= 3; i++) {
            out.emit(i);
        }
    };

    private final Flow.Subscriber<Integer> subscriber = mock();
    private final InOrder order = inOrder(subscriber);
    private Flow.@Nullable Subscription subscription;

    /** What the subscriber does when it may: it asks for {@code first} items. */
    private void asksFor(long first) {
        doAnswer(call -> {
                    Flow.Subscription given = call.getArgument(0);
                    subscription = given;
                    given.request(first);
                    return null;
                })
                .when(subscriber)
                .onSubscribe(any());
    }

    private Flow.Subscription subscription() {
        return Objects.requireNonNull(subscription);
    }

    /** Subscribes to {@code body}, and waits for longer than that takes. */
    private void subscribeTo(TestLoop loop, Generator.Body<Integer> body) {
        loop.run(() -> {
            Publishers.publisher(body).subscribe(subscriber);
            sleep(Duration.ofHours(1));
        });
    }

    private void subscribeTo(Generator.Body<Integer> body) {
        try (TestLoop loop = new TestLoop()) {
            subscribeTo(loop, body);
        }
    }

    private void verifyItems(int... items) {
        order.verify(subscriber).onSubscribe(any());
        for (int each : items) {
            order.verify(subscriber).onNext(each);
        }
    }

    @Test
    void allItemsComeInOrderAndThenOneEnd() {
        asksFor(Long.MAX_VALUE);
        subscribeTo(THREE);

        verifyItems(1, 2, 3);
        order.verify(subscriber).onComplete();
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void noItemComesUnasked() {
        asksFor(2);
        try (TestLoop loop = new TestLoop()) {
            subscribeTo(loop, THREE);

            verifyItems(1, 2);
            verifyNoMoreInteractions(subscriber);
            loop.run(() -> {
                subscription().cancel();
                sleep(Duration.ofHours(1));
            });
        }
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void aBodyThatFailsInTheMiddleEndsWithThatFailureAndNoCompletion() {
        IllegalStateException failure = new IllegalStateException("no more rows");
        asksFor(Long.MAX_VALUE);
        subscribeTo(out -> {
            out.emit(1);
            throw failure;
        });

        verifyItems(1);
        order.verify(subscriber).onError(same(failure));
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void afterACancelInTheMiddleNothingComesNotEvenAnEnd() {
        asksFor(Long.MAX_VALUE);
        doAnswer(call -> {
                    subscription().cancel();
                    return null;
                })
                .when(subscriber)
                .onNext(2);
        subscribeTo(THREE);

        verifyItems(1, 2);
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void aSubscriberThatThrowsHearsNothingMore() {
        asksFor(Long.MAX_VALUE);
        doThrow(new IllegalStateException("full")).when(subscriber).onNext(2);
        TestLoop loop = new TestLoop();
        try (loop) {
            subscribeTo(loop, THREE);
            assertThat(loop.errors()).as("its task may still be asked").isEmpty();
        }

        assertThat(loop.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.exception()).get(THROWABLE).hasRootCauseMessage("full"));
        verifyItems(1, 2);
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void aRequestForNothingIsTheEnd() {
        asksFor(0);
        subscribeTo(THREE);

        order.verify(subscriber).onSubscribe(any());
        order.verify(subscriber).onError(isA(IllegalArgumentException.class));
        verifyNoMoreInteractions(subscriber);
    }

    /** A body that waits for what never comes, and then {@code end}, which is to cancel it. */
    private static void endABodyThatWaits(TestLoop loop, Flow.Subscriber<Integer> subscriber, Runnable end) {
        loop.run(() -> {
            boolean[] ended = new boolean[1];
            Publishers.<Integer>publisher(out -> {
                        try {
                            loop.createFuture().await();
                        } finally {
                            ended[0] = true;
                        }
                    })
                    .subscribe(subscriber);
            loop.settle();
            end.run();
            loop.settle();
            assertThat(ended[0]).as("the body has ended").isTrue();
        });
    }

    @Test
    void aCancelEndsABodyThatWaitsAndNothingIsToldOfIt() {
        asksFor(1);
        try (TestLoop loop = new TestLoop()) {
            endABodyThatWaits(loop, subscriber, () -> subscription().cancel());
        }
        verifyItems();
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void aRequestForNothingEndsABodyThatWaits() {
        asksFor(1);
        try (TestLoop loop = new TestLoop()) {
            endABodyThatWaits(loop, subscriber, () -> subscription().request(-1));
        }
        verifyItems();
        order.verify(subscriber).onError(isA(IllegalArgumentException.class));
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void aSubscriberIsToldIfAnotherCancelsTheTaskOfThePublisher() {
        asksFor(1);
        try (TestLoop loop = new TestLoop()) {
            endABodyThatWaits(
                    loop,
                    subscriber,
                    () -> loop.loop().allTasks().stream()
                            .filter(task -> task != currentTask())
                            .forEach(Task::cancel));
        }
        verifyItems();
        order.verify(subscriber).onError(isA(CancellationException.class));
        verifyNoMoreInteractions(subscriber);
    }

    @Test
    void whereTheLoopIsClosedTheSubscriptionIsFollowedByAFailure() {
        Flow.Publisher<Integer> late;
        try (Loop loop = newEventLoop()) {
            late = loop.runUntilComplete(() -> Publishers.publisher(THREE));
        }
        asksFor(Long.MAX_VALUE);
        late.subscribe(subscriber);

        order.verify(subscriber).onSubscribe(any());
        order.verify(subscriber).onError(isA(IllegalStateException.class));
        verifyNoMoreInteractions(subscriber);
    }
}
