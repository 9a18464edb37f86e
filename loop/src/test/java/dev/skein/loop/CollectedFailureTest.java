package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Failures of futures that nobody can reach any more: each is reported, and nothing of it is kept. */
class CollectedFailureTest {
    /** Its exceptions are of an inner class, so they know it, and by way of it the task that fails with them. */
    static final class Session {
        @Nullable
        Task<Object> reader;

        final class Broken extends RuntimeException {
            private static final long serialVersionUID = 1;

            Broken(String message, Throwable cause) {
                super(message, cause);
            }

            /** What an inner class usually needs its outer one for. */
            @Nullable
            Task<Object> reader() {
                return reader;
            }
        }

        Session start(Throwable cause) {
            reader = createTask(() -> {
                throw new Broken("of a session", cause);
            });
            return this;
        }
    }

    private static void collectUntilReported(TestLoop loop, int reports) throws InterruptedException {
        for (int i = 0; i < 2_000 && loop.errors().size() < reports; i++) {
            System.gc();
            toThread(() -> Thread.sleep(5));
        }
    }

    @Test
    void oneWhoseExceptionKnowsItsFutureIsCollectedAndReported() {
        List<WeakReference<Session>> sessions = new ArrayList<>();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                for (int i = 0; i < 100; i++) {
                    sessions.add(new WeakReference<>(new Session().start(new IOException("lost"))));
                }
                yieldNow();
                collectUntilReported(loop, 100);
                assertThat(loop.errors()).hasSize(100);
            });
            assertThat(sessions).allMatch(session -> session.refersTo(null));
        }
    }

    @Test
    void theReportOfACollectedFailureShowsAllOfTheException() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                new Session().start(new IOException("lost"));
                yieldNow();
                collectUntilReported(loop, 1);
            });
            Throwable told = loop.errors().getFirst().exception().orElseThrow();

            assertThat(told).hasMessage("of a session").isNotInstanceOf(Session.Broken.class);
            assertThat(told.getStackTrace()[0].getClassName()).startsWith(Session.class.getName());
            assertThat(told.getCause()).hasMessage("lost");
            StringWriter printed = new StringWriter();
            told.printStackTrace(new PrintWriter(printed));
            assertThat(printed.toString())
                    .startsWith(Session.Broken.class.getName() + ": of a session")
                    .contains("at " + Session.class.getName(), "Caused by: java.io.IOException: lost");
        }
    }

    @Test
    void whereTheLoopClosesFirstTheReportHasTheExceptionItself() {
        TestLoop loop = new TestLoop();
        Session kept = new Session();
        loop.run(() -> {
            kept.start(new IOException("lost"));
            yieldNow();
        });
        loop.errors();
        loop.close();

        assertThat(loop.errors()).hasSize(1);
        assertThat(loop.errors().getFirst().exception().orElseThrow()).isInstanceOf(Session.Broken.class);
        assertThat(kept.reader).isNotNull();
    }

    private static void failPlainly() {
        IOException plain = new IOException("plain", new IllegalStateException("its cause"));
        plain.addSuppressed(new ExceptionGroup("a group", List.of(new Error("a member"))));
        Loop.current().createFuture().setException(plain);
    }

    /** Here too nobody but the report has the exception: of one that somebody has, the report would not need its own. */
    @Test
    void anExceptionThatKnowsNothingIsReportedAsItIs() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                failPlainly();
                collectUntilReported(loop, 1);
            });
            Throwable told = loop.errors().getFirst().exception().orElseThrow();
            assertThat(told).isExactlyInstanceOf(IOException.class).hasMessage("plain");
            assertThat(told.getCause()).isExactlyInstanceOf(IllegalStateException.class);
            assertThat(told.getSuppressed()).singleElement().isExactlyInstanceOf(ExceptionGroup.class);
        }
    }

    /** Circles of causes, more of them than anybody reads, and texts that throw: it is told all the same. */
    @Test
    void theStandInOfAnExceptionIsBounded() {
        class Odd extends RuntimeException {
            private static final long serialVersionUID = 1;

            private final transient Object knows = new Object();

            @Override
            public String getMessage() {
                throw new IllegalStateException("no text of " + knows);
            }
        }
        Odd first = new Odd();
        Throwable last = first;
        for (int i = 0; i < 20_000; i++) {
            last = new RuntimeException("number " + i, last);
        }
        first.initCause(last);
        first.addSuppressed(last);
        Throwable told = StandIn.of(last);

        assertThat(told).isNotSameAs(last).hasMessage("number 19999");
        int causes = 0;
        for (Throwable cause = told; cause != null && causes < 1_000; cause = cause.getCause()) {
            causes++;
        }
        // 20 from either end, and a word for those between.
        assertThat(causes).isEqualTo(41);
        assertThat(StandIn.of(first).toString()).contains(Odd.class.getSimpleName());
    }
}
