package dev.skein.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DateHeaderTest {
    @Test
    void aDayHasTwoDigits() {
        assertThat(HttpServerConnection.date(Instant.parse("1994-11-06T08:49:37Z")))
                .isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(HttpServerConnection.date(Instant.parse("2026-11-30T23:59:59.999Z")))
                .isEqualTo("Mon, 30 Nov 2026 23:59:59 GMT");
    }
}
