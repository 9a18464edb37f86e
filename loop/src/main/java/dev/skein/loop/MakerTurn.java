package dev.skein.loop;

import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One turn of the thread that made a loop, while the loop is paused: the loop waits meanwhile. So all that belongs to a loop
 * still sees one thread at a time, and what the maker does has the maker's stack and thread-locals.
 *
 * <pre>
 *  ASKED   -> GRANTED  the loop has come to it, and waits on its carrier
 *  ASKED   -> REFUSED  a run has begun meanwhile, or the loop is closing
 *  GRANTED -> OVER     the maker has done it, and the loop goes on
 * </pre>
 *
 * <p>The maker cannot be interrupted out of its wait: the loop, which waits in turn, would not know. It keeps the flag.
 */
final class MakerTurn {
    private enum State {
        ASKED,
        GRANTED,
        REFUSED,
        OVER
    }

    private final Loop loop;
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /** Written by the loop before the first latch opens, by the maker before the second. */
    private State state = State.ASKED;

    private MakerTurn(Loop loop) {
        this.loop = loop;
    }

    /** Does {@code use} on the calling thread, which made {@code loop}. */
    static <T extends @Nullable Object> T take(Loop loop, Supplier<? extends T> use) {
        return new MakerTurn(loop).take(use);
    }

    private <T extends @Nullable Object> T take(Supplier<? extends T> use) {
        if (!loop.executeUnlessClosed(this::answer)) {
            throw LoopCore.closedError();
        }
        await(answered);
        if (state == State.REFUSED) {
            throw loop.refusal();
        }
        loop.thread().mount(Thread.currentThread());
        try {
            return use.get();
        } finally {
            loop.thread().unmount();
            state = State.OVER;
            over.countDown();
        }
    }

    /** On the loop's own thread, as one of Netty's tasks: so no callback, handler or coroutine is half-way through anything. */
    private void answer() {
        if (!loop.state().isPaused()) {
            state = State.REFUSED;
            answered.countDown();
        } else if (!loop.thread().runOnCarrier(this::waitForMaker)) {
            waitForMaker();
        }
    }

    /** On the carrier: where the loop's own thread waits, coroutines go on that the JDK wakes. */
    private void waitForMaker() {
        state = State.GRANTED;
        answered.countDown();
        await(over);
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "MakerTurn[" + state + "]";
    }
}
