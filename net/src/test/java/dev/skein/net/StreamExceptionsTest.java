package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.conformance.PortOf;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

/** What streams throw can be sent to another process, as anything that is thrown. */
class StreamExceptionsTest {
    @SuppressWarnings("unchecked")
    private static <E extends Exception> E copy(E exception) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (E) in.readObject();
        }
    }

    @Test
    @PortOf("test_streams.IncompleteReadError_pickleable")
    void anIncompleteReadKeepsWhatItSaysWhenItIsSerialized() throws Exception {
        IncompleteReadException copy = copy(new IncompleteReadException("abc".getBytes(UTF_8), 10));
        assertThat(copy).hasMessage("the stream ended after 3 of 10 bytes");
        assertThat(copy.partial()).asString(UTF_8).isEqualTo("abc");
        assertThat(copy.expected()).hasValue(10);
        assertThat(copy(new IncompleteReadException(new byte[0])).expected()).isEmpty();
    }

    @Test
    @PortOf("test_streams.LimitOverrunError_pickleable")
    void aLimitOverrunKeepsWhatItSaysWhenItIsSerialized() throws Exception {
        LimitOverrunException copy = copy(new LimitOverrunException("message", 10));
        assertThat(copy).hasMessage("message");
        assertThat(copy.consumed()).isEqualTo(10);
    }
}
