package dev.skein.loop.flow;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import dev.skein.loop.Action;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Generator;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Publishers iterated over by coroutines, and coroutines as publishers. */
class PublishersTest {
    private final Trail trail = new Trail();

    /** A publisher by hand, whose subscription is in the trail. */
    private final class Source implements Flow.Publisher<Integer>, Flow.Subscription {
        Flow.@Nullable Subscriber<? super Integer> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super Integer> given) {
            trail.add("subscribe");
            subscriber = given;
            given.onSubscribe(this);
        }

        Flow.Subscriber<? super Integer> subscriber() {
            return java.util.Objects.requireNonNull(subscriber);
        }

        @Override
        public void request(long count) {
            trail.add("request " + count);
        }

        @Override
        public void cancel() {
            trail.add("cancel");
        }
    }

    /** A subscriber by hand, all of whose signals are in the trail. */
    private class Sink implements Flow.Subscriber<Integer> {
        private final long first;
        Flow.@Nullable Subscription subscription;

        /** Asks for {@code first} items as soon as it may. */
        Sink(long first) {
            this.first = first;
        }

        Flow.Subscription subscription() {
            return java.util.Objects.requireNonNull(subscription);
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            trail.add("subscribed");
            if (first > 0) {
                given.request(first);
            }
        }

        @Override
        public void onNext(Integer item) {
            trail.add("next " + item);
        }

        @Override
        public void onError(Throwable cause) {
            trail.add("error " + cause);
        }

        @Override
        public void onComplete() {
            trail.add("complete");
        }
    }

    /** One that has asked for nothing yet. */
    private Sink subscribed(Flow.Publisher<Integer> publisher) {
        Sink sink = new Sink(0);
        publisher.subscribe(sink);
        return sink;
    }

    private static void inLoop(Action body) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(body);
        }
    }

    // A publisher as an iterable.

    @Test
    void anotherThreadsItemsComeInOrder() {
        run(() -> {
            SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(Runnable::run, 4);
            Thread.ofPlatform().start(() -> submitTo(publisher));
            int expected = 0;
            for (int item : Publishers.items(publisher, 8)) {
                assertThat(item).isEqualTo(expected++);
            }
            assertThat(expected).isEqualTo(10_000);
        });
    }

    private static void submitTo(SubmissionPublisher<Integer> publisher) {
        while (!publisher.hasSubscribers()) {
            Thread.onSpinWait();
        }
        try (publisher) {
            for (int i = 0; i < 10_000; i++) {
                publisher.submit(i);
            }
        }
    }

    @Test
    void noMoreIsAskedForThanMayWait() {
        inLoop(() -> {
            Source source = new Source();
            try (Generator<Integer> items = Publishers.items(source, 4)) {
                assertThat(trail.entries()).isEmpty();
                Loop.current().callSoon(() -> List.of(1, 2, 3, 4).forEach(source.subscriber()::onNext));
                for (int item : items) {
                    trail.add(item);
                    if (item == 3) {
                        break;
                    }
                }
            }
        });

        assertThat(trail.entries()).containsExactly("subscribe", "request 4", "1", "request 2", "2", "3", "cancel");
    }

    @Test
    void theFailureOfAPublisherIsThrownBehindItsItems() {
        inLoop(() -> {
            Source source = new Source();
            Loop.current().callSoon(() -> {
                source.subscriber().onNext(1);
                source.subscriber().onError(new IOException("lost"));
            });
            assertThatThrownBy(() -> Publishers.items(source).forEach(trail::add))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("lost");
            Loop.current().callSoon(() -> source.subscriber().onError(new Throwable("strange")));
            assertThatThrownBy(() -> Publishers.items(source).forEach(trail::add))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("strange");
        });

        assertThat(trail.entries()).containsExactly("subscribe", "request 64", "1", "subscribe", "request 64");
    }

    @Test
    void aConsumerThatIsCancelledCancelsTheSubscription() {
        inLoop(() -> {
            Source source = new Source();
            Task<?> task = createTask(() -> {
                try (Generator<Integer> items = Publishers.items(source)) {
                    items.forEach(trail::add);
                }
            });
            yieldNow();
            assertThat(task.toString()).contains("Publishers.items");
            task.cancel();
            assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
        });

        assertThat(trail.entries()).containsExactly("subscribe", "request 64", "cancel");
    }

    @Test
    void aSubscriptionTooManyOrTooLateIsCancelled() {
        inLoop(() -> {
            FlowSubscriber<Integer> subscriber = new FlowSubscriber<>(4);
            subscriber.onSubscribe(new Source());
            subscriber.onSubscribe(new Source());
            FlowSubscriber<Integer> late = new FlowSubscriber<>(4);
            late.cancel();
            late.onSubscribe(new Source());
        });

        assertThat(trail.entries()).containsExactly("request 4", "cancel", "cancel");
    }

    @Test
    void lessThanOneAheadIsRefused() {
        assertThatThrownBy(() -> Publishers.items(new Source(), 0)).hasMessage("most < 1: 0");
    }

    // A coroutine as a publisher.

    private Flow.Publisher<Integer> counting() {
        return Publishers.publisher(out -> {
            try {
                for (int i = 1; i <= 3; i++) {
                    trail.add("make " + i);
                    sleep(Duration.ofSeconds(1));
                    out.emit(i);
                }
            } finally {
                trail.add("finally");
            }
        });
    }

    @Test
    void theBodyRunsAsFarAsIsAskedFor() {
        inLoop(() -> {
            Sink sink = subscribed(counting());
            sleep(Duration.ofSeconds(10));
            trail.add("ask");
            sink.subscription().request(2);
            sleep(Duration.ofSeconds(10));
            trail.add("ask");
            sink.subscription().request(Long.MAX_VALUE);
            sink.subscription().request(Long.MAX_VALUE);
            sleep(Duration.ofSeconds(10));
        });

        assertThat(trail.entries())
                .containsExactly(
                        "subscribed",
                        "ask",
                        "make 1",
                        "next 1",
                        "make 2",
                        "next 2",
                        "ask",
                        "make 3",
                        "next 3",
                        "finally",
                        "complete");
    }

    @Test
    void aCancelRunsTheFinallyAndNothingIsToldAnyMore() {
        inLoop(() -> {
            Sink sink = subscribed(counting());
            sleep(Duration.ofMillis(1));
            sink.subscription().request(3);
            sleep(Duration.ofMillis(1500));
            sink.subscription().cancel();
            sink.subscription().cancel();
            sleep(Duration.ofSeconds(10));
        });

        assertThat(trail.entries()).containsExactly("subscribed", "make 1", "next 1", "make 2", "finally");
    }

    @Test
    void eachSubscriberHasARunOfItsOwnAndMayCancelWithinIt() {
        inLoop(() -> {
            Flow.Publisher<Integer> publisher = counting();
            for (int i = 0; i < 2; i++) {
                publisher.subscribe(new Sink(2) {
                    @Override
                    public void onNext(Integer item) {
                        super.onNext(item);
                        subscription().cancel();
                    }
                });
                sleep(Duration.ofSeconds(10));
            }
        });

        List<String> once = List.of("subscribed", "make 1", "next 1", "finally");
        List<String> twice = new ArrayList<>(once);
        twice.addAll(once);
        assertThat(trail.entries()).containsExactlyElementsOf(twice);
    }

    @Test
    void aSubscriberGetsTheFailureOfTheBody() {
        inLoop(() -> {
            Sink sink = subscribed(Publishers.publisher(out -> {
                throw new IOException("lost");
            }));
            sleep(Duration.ofSeconds(1));
            sink.subscription().request(1);
            sleep(Duration.ofSeconds(1));
        });

        assertThat(trail.entries())
                .containsExactly("subscribed", "error java.io.UncheckedIOException: java.io.IOException: lost");
    }

    @Test
    void aRequestForNothingIsAnError() {
        inLoop(() -> {
            Sink sink = subscribed(counting());
            sleep(Duration.ofSeconds(1));
            sink.subscription().request(0);
            sleep(Duration.ofSeconds(1));
        });

        assertThat(trail.entries())
                .containsExactly("subscribed", "error java.lang.IllegalArgumentException: request < 1: 0");
    }

    @Test
    void aSubscriberThatThrowsIsReported() {
        List<Throwable> reported = new ArrayList<>();
        inLoop(() -> {
            Loop.current()
                    .setExceptionHandler((loop, error) -> error.exception().ifPresent(reported::add));
            counting().subscribe(new Sink(2) {
                @Override
                public void onNext(Integer item) {
                    throw new IllegalStateException("broken");
                }
            });
            sleep(Duration.ofSeconds(10));
        });

        assertThat(trail.entries()).containsExactly("subscribed", "make 1", "finally");
        assertThat(reported)
                .singleElement(as(THROWABLE))
                .hasMessage("a subscriber must not throw")
                .hasRootCauseMessage("broken");
    }

    @Test
    void afterTheLoopIsClosedASubscriberIsToldSo() {
        List<Flow.Publisher<Integer>> publishers = new ArrayList<>();
        inLoop(() -> publishers.add(Publishers.publisher(out -> out.emit(1))));

        subscribed(publishers.getFirst());

        assertThat(trail.entries())
                .containsExactly("subscribed", "error java.lang.IllegalStateException: loop is closed");
    }

    @Test
    void aPublisherOfOurOwnIsIteratedOver() {
        inLoop(() -> Publishers.items(counting(), 1).forEach(trail::add));

        assertThat(trail.entries()).containsExactly("make 1", "1", "make 2", "2", "make 3", "3", "finally");
    }

    @Test
    void aGeneratorIsAPublisherOfItsItems() {
        inLoop(() -> {
            Generator<Integer> items = generator(out -> out.emit(7));
            Publishers.items(Publishers.<Integer>publisher(out -> items.forEach(out::emit)))
                    .forEach(trail::add);
        });

        assertThat(trail.entries()).containsExactly("7");
    }
}
