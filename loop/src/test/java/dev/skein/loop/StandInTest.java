package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which exceptions a report keeps as they are, and which it keeps a copy of: those that may know something. */
class StandInTest {
    /** What is known of a class is kept, so each test has classes of its own: copies of these. */
    static class Plain extends RuntimeException {
        private static final long serialVersionUID = 1;

        static final List<String> OF_THE_CLASS = List.of();

        final int number = 1;
        final String word = "word";
        final Thread.State state = Thread.State.NEW;
    }

    static class Knowing extends RuntimeException {
        private static final long serialVersionUID = 1;

        transient @Nullable Object known;
    }

    static class UnderKnowing extends Knowing {
        private static final long serialVersionUID = 1;
    }

    private static RuntimeException newOne(Class<? extends RuntimeException> like) {
        try (InputStream bytes =
                StandInTest.class.getResourceAsStream("StandInTest$" + like.getSimpleName() + ".class")) {
            if (bytes == null) {
                throw new AssertionError("the test's own class is missing");
            }
            return (RuntimeException) MethodHandles.lookup()
                    .defineHiddenClass(bytes.readAllBytes(), true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (IOException | ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertKept(Throwable failure) {
        assertThat(StandIn.of(failure)).isSameAs(failure);
    }

    private static void assertCopied(Throwable failure) {
        assertThat(StandIn.of(failure)).isNotSameAs(failure).hasToString(failure.toString());
    }

    @Test
    void oneThatHasTextAndNumbersAloneIsKept() {
        assertKept(newOne(Plain.class));
        assertKept(new Throwable("plain"));
        assertKept(new ExceptionGroup("several", List.of(newOne(Plain.class))));
    }

    @Test
    void oneThatMayKnowSomethingIsCopied() {
        assertCopied(newOne(Knowing.class));
        assertCopied(newOne(UnderKnowing.class));
    }

    @Test
    void soIsOneThatLeadsToSuchAOne() {
        RuntimeException caused = newOne(Plain.class);
        caused.initCause(newOne(Knowing.class));
        assertCopied(caused);

        RuntimeException suppressing = newOne(Plain.class);
        suppressing.addSuppressed(newOne(Knowing.class));
        assertCopied(suppressing);
    }

    @Test
    void oneThatLeadsBackToItselfIsKept() {
        RuntimeException one = newOne(Plain.class);
        RuntimeException other = newOne(Plain.class);
        one.initCause(other);
        other.initCause(one);
        assertKept(one);
    }

    private static Throwable withCauses(int causes) {
        Throwable last = new Throwable("the first");
        for (int i = 0; i < causes; i++) {
            last = new Throwable("cause " + i, last);
        }
        return last;
    }

    @Test
    void aHundredAreKeptAndMoreAreCopied() {
        assertKept(withCauses(99));
        assertCopied(withCauses(100));
    }

    @Test
    void oneWhoseMethodsThrowIsCopied() {
        Throwable broken = new Throwable("broken") {
            private static final long serialVersionUID = 1;

            @Override
            public synchronized Throwable getCause() {
                throw new IllegalStateException("not even this");
            }
        };
        assertThat(StandIn.of(broken)).isNotSameAs(broken);
    }
}
