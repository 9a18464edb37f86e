package dev.skein.net;

import static dev.skein.loop.Asyncio.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.Loop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.junit.jupiter.api.Test;

/** Standard input as a stream: a pipe that ends, one that says nothing, one that is closed. */
class StandardInputTest {
    @Test
    void itsLinesComeUntilItsEnd() {
        StandardInput input = new StandardInput(new ByteArrayInputStream("one\ntwo\n".getBytes(UTF_8)));

        run(() -> assertThat(input.readerOf(Loop.current()).lines()).containsExactly("one", "two"));
    }

    @Test
    void aProgramEndsThoughNothingIsTyped() throws IOException {
        try (PipedOutputStream keyboard = new PipedOutputStream();
                InputStream typed = new PipedInputStream(keyboard)) {
            StandardInput input = new StandardInput(typed);

            run(() -> {
                input.readerOf(Loop.current());
            });
        }
    }

    @Test
    void theSameLoopGetsTheSameReader() {
        StandardInput input = new StandardInput(InputStream.nullInputStream());

        run(() -> assertThat(input.readerOf(Loop.current())).isSameAs(input.readerOf(Loop.current())));
    }

    @Test
    void anotherLoopIsRefused() {
        StandardInput input = new StandardInput(InputStream.nullInputStream());
        run(() -> {
            input.readerOf(Loop.current());
        });

        run(() -> assertThatThrownBy(() -> input.readerOf(Loop.current()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("standard input is read by "));
    }

    @Test
    void anInputThatCannotBeReadFailsTheRead() {
        StandardInput input = new StandardInput(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Stream closed");
            }

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                throw new IOException("Stream closed");
            }
        });

        run(() -> assertThatThrownBy(() -> input.readerOf(Loop.current()).readLine())
                .isInstanceOf(IOException.class)
                .hasMessage("Stream closed"));
    }
}
