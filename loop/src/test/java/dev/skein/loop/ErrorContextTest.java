package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a log says of an error. */
class ErrorContextTest {
    @Test
    void anErrorContextNamesTheChannelAndThePlaceOfCreation() {
        EmbeddedChannel channel = new EmbeddedChannel();
        StackTraceElement frame = new StackTraceElement("Reader", "start", "Reader.java", 7);
        assertThat(ErrorContext.of("cannot read").withChannel(channel).withCreation(List.of(frame, frame)))
                .hasToString("cannot read on " + channel
                        + "\n  created\n    at Reader.start(Reader.java:7)\n    at Reader.start(Reader.java:7)");
        assertThat(ErrorContext.of("cannot read")).hasToString("cannot read");
    }
}
