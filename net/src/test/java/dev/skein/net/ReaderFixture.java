package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

/** A reader without a network, which a test feeds. Its pauses are in the trail. */
abstract class ReaderFixture {
    static final String DATA = "line1\nline2\nline3\n";

    final TestLoop loop = new TestLoop();
    final Trail trail = new Trail();
    StreamReader reader = readerWithLimit(StreamReader.DEFAULT_LIMIT);

    final StreamReader readerWithLimit(int limit) {
        return new StreamReader(loop.loop(), limit, on -> trail.add(on ? "go on" : "pause"));
    }

    @AfterEach
    void closeTheLoop() {
        reader.close();
        loop.close();
    }

    final void feed(String... texts) {
        for (String text : texts) {
            byte[] bytes = bytes(text);
            reader.feed(ByteBufAllocator.DEFAULT.buffer(bytes.length).writeBytes(bytes));
        }
    }

    /** Feeds when the loop has its next turn. */
    final void feedSoon(String... texts) {
        loop.callSoon(() -> feed(texts));
    }

    final void endSoon() {
        loop.callSoon(reader::feedEof);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    /** What is left, and nothing more comes. */
    final String rest() throws IOException {
        reader.feedEof();
        return text(reader.readAll());
    }
}
