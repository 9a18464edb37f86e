package dev.skein.loop;

import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.testsupport.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a run knows of its end when somebody, such as Ctrl-C, has asked it to end. */
class LoopRunTest {
    private final Loop loop = newEventLoop();

    @AfterEach
    void closeTheLoop() {
        loop.close();
    }

    private LoopRun<String> runOf(Awaitable<String> main) {
        return new LoopRun<>(loop, () -> loop.createTask(main));
    }

    private static String sleepForEver() {
        sleep(Duration.ofDays(1));
        return "slept";
    }

    /** What was asked of the loop before has been done. */
    private void awaitTurn() throws InterruptedException {
        CountDownLatch turn = new CountDownLatch(1);
        assertThat(loop.executeUnlessClosed(turn::countDown)).isTrue();
        Await.latch(turn);
    }

    @Test
    void aRequestThatComesBeforeMainCancelsItAsItBegins() {
        LoopRun<String> run = runOf(LoopRunTest::sleepForEver);
        run.cancel("too early");

        assertThatThrownBy(run::execute).isInstanceOf(CancelledError.class).hasMessage("too early");
        assertThat(run.hasAskedMain()).isTrue();
        assertThat(run.isCancelledOnlyHere()).isTrue();
    }

    @Test
    void aMainThatIsADoneFutureHearsOfNone() {
        Future<String> done = loop.runUntilComplete(() -> {
            Future<String> made = loop.createFuture();
            made.setResult("done");
            return made;
        });
        LoopRun<String> run = new LoopRun<>(loop, () -> done);
        run.cancel("too late");

        assertThat(run.execute()).isEqualTo("done");
        assertThat(run.hasAskedMain()).isFalse();
        assertThat(run.isCancelledOnlyHere()).isFalse();
    }

    @Test
    void aRequestThatComesWhenMainIsDoneIsNone() throws Exception {
        LoopRun<String> run = runOf(() -> "done");
        assertThat(run.execute()).isEqualTo("done");
        run.cancel("too late");
        awaitTurn();

        assertThat(run.hasAskedMain()).isFalse();
    }

    @Test
    void aMainThatCatchesTheCancellationHadTheChoice() {
        LoopRun<?>[] self = new LoopRun<?>[1];
        LoopRun<String> run = runOf(() -> {
            self[0].cancel("the end");
            try {
                return sleepForEver();
            } catch (CancelledError refused) {
                return "refused: " + refused.getMessage();
            }
        });
        self[0] = run;

        assertThat(run.execute()).isEqualTo("refused: the end");
        assertThat(run.hasAskedMain()).isTrue();
        assertThat(run.isCancelledOnlyHere()).isFalse();
    }

    @Test
    void aMainCancelledByOthersTooIsNotCancelledByTheRunAlone() {
        LoopRun<?>[] self = new LoopRun<?>[1];
        LoopRun<String> run = runOf(() -> {
            CurrentTask.thisTask().cancel("by another");
            self[0].cancel("the end");
            try {
                return sleepForEver();
            } catch (CancelledError first) {
                return sleepForEver();
            }
        });
        self[0] = run;

        assertThatThrownBy(run::execute).isInstanceOf(CancelledError.class).hasMessage("the end");
        assertThat(run.hasAskedMain()).isTrue();
        assertThat(run.isCancelledOnlyHere()).isFalse();
    }

    @Test
    void aMainThatOthersAloneHaveCancelledWasAskedNothing() {
        LoopRun<String> run = runOf(() -> {
            CurrentTask.thisTask().cancel("by another");
            return sleepForEver();
        });

        assertThatThrownBy(run::execute).isInstanceOf(CancelledError.class);
        assertThat(run.hasAskedMain()).isFalse();
        assertThat(run.isCancelledOnlyHere()).isFalse();
    }

    private Supplier<Future<String>> futureThatIsCancelledInTheNextRound(String why) {
        return () -> {
            Future<String> main = loop.createFuture();
            loop.callSoon(() -> main.cancel(why));
            return main;
        };
    }

    @Test
    void aMainThatIsAFutureIsToldApartInTheSameWay() {
        LoopRun<String> asked = new LoopRun<>(loop, () -> loop.createFuture());
        asked.cancel("the end");
        assertThatThrownBy(asked::execute).isInstanceOf(CancelledError.class).hasMessage("the end");
        assertThat(asked.isCancelledOnlyHere()).isTrue();

        LoopRun<String> byOthers = new LoopRun<>(loop, futureThatIsCancelledInTheNextRound("by another"));
        assertThatThrownBy(byOthers::execute).isInstanceOf(CancelledError.class).hasMessage("by another");
        assertThat(byOthers.isCancelledOnlyHere()).isFalse();
    }

    @Test
    void anInterruptOfRunForeverStopsTheLoopAndIsKept() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        AtomicBoolean flag = new AtomicBoolean();
        Thread caller = Thread.ofPlatform().start(() -> {
            loop.runForever();
            flag.set(Thread.currentThread().isInterrupted());
        });
        loop.callSoonThreadsafe(runs::countDown);
        Await.latch(runs);
        caller.interrupt();
        Await.join(caller);

        assertThat(flag).isTrue();
        assertThat(loop.isRunning()).isFalse();
        assertThat(loop.isClosed()).isFalse();
    }

    /** Its caller hears of it: the loop, as it closes, need not tell of it as well. */
    @Test
    void theFailureOfAMainThatIsCutShortIsThrownAndNotReported() {
        @Nullable ErrorContext[] reported = new ErrorContext[1];
        IllegalStateException broken = new IllegalStateException("broken");
        LoopRun<String> run = runOf(() -> {
            loop.setExceptionHandler((of, context) -> reported[0] = context);
            loop.eventLoop().shutdownGracefully();
            try {
                return sleepForEver();
            } catch (CancelledError closing) {
                throw broken;
            }
        });

        assertThatThrownBy(run::execute).isSameAs(broken);
        loop.close();
        assertThat(reported[0]).isNull();
    }
}
