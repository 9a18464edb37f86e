package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** What Netty's channels fail by, told in the words of the system. */
class ChannelFailureTest {
    @Test
    void aChannelFailureSaysWhatCouldNotBeDoneAndWhy() {
        ChannelException cause =
                new ChannelException("Unable to create Channel", new IOException("Too many open files"));
        assertThat(ChannelFailure.of("cannot listen on 127.0.0.1:7007", cause))
                .hasMessage("cannot listen on 127.0.0.1:7007: Too many open files")
                .hasCause(cause);
    }

    @Test
    void anErrorIsThrown() {
        Error error = new NoClassDefFoundError("io/netty");
        assertThatThrownBy(() -> ChannelFailure.of("cannot listen", error)).isSameAs(error);
    }

    @Test
    void theWordsOfTheSystemAreThoseOfTheFirstIoException() {
        IOException system = new IOException("Connection refused");
        assertThat(ChannelFailure.reason(new UncheckedIOException("told", system)))
                .isEqualTo("Connection refused");
        assertThat(ChannelFailure.reason(new IOException("cannot connect", system)))
                .isEqualTo("cannot connect");
    }

    /** As Netty's NIO has where it calls the JDK by reflection. */
    @Test
    void anIoExceptionThatOnlyRepeatsItsCauseIsPassedOver() {
        IOException system = new IOException("Too many open files");
        assertThat(ChannelFailure.reason(new IOException(system))).isEqualTo("Too many open files");
    }

    @Test
    void oneWithoutATextIsNamed() {
        assertThat(ChannelFailure.reason(new FileNotFoundException())).isEqualTo("No such file or directory");
        assertThat(ChannelFailure.reason(new FileNotFoundException("/no/such"))).isEqualTo("/no/such");
        assertThat(ChannelFailure.reason(new IOException())).isEqualTo("java.io.IOException");
    }

    @Test
    void withoutAnIoExceptionItIsWhatWasThrown() {
        assertThat(ChannelFailure.reason(new IllegalStateException("channel not registered to an event loop")))
                .isEqualTo("java.lang.IllegalStateException: channel not registered to an event loop");
    }

    @Test
    void aRingOfCausesHasAnEnd() {
        RuntimeException one = new RuntimeException("one");
        one.initCause(new RuntimeException("other", one));
        assertThat(ChannelFailure.reason(one)).isEqualTo("java.lang.RuntimeException: one");
    }

    @Test
    void twentyCausesAreLookedAt() {
        assertThat(ChannelFailure.reason(wrapped(19, new IOException("deep")))).isEqualTo("deep");
        assertThat(ChannelFailure.reason(wrapped(20, new IOException("deeper"))))
                .contains("RuntimeException");
    }

    private static Throwable wrapped(int times, Throwable cause) {
        return times == 0 ? cause : new RuntimeException(wrapped(times - 1, cause));
    }
}
