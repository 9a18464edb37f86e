package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a server's options refuse, and which connections they limit. */
class ServerOptionsTest {
    private static final ServerOptions DEFAULTS = ServerOptions.defaults();

    @Test
    void numbersBelowOneAreRefused() {
        assertThat(DEFAULTS.withBacklog(1).backlog()).isOne();
        assertThat(DEFAULTS.withMaxConnections(1).maxConnections()).isOne();
        assertThat(DEFAULTS.withLimit(1).limit()).isOne();
        assertThatThrownBy(() -> DEFAULTS.withBacklog(0)).hasMessage("backlog < 1: 0");
        assertThatThrownBy(() -> DEFAULTS.withMaxConnections(0)).hasMessage("maxConnections < 1: 0");
        assertThatThrownBy(() -> DEFAULTS.withLimit(0)).hasMessage("limit < 1: 0");
    }

    @Test
    void timesOfZeroAreRefused() {
        assertThatThrownBy(() -> DEFAULTS.withIdleTimeout(Duration.ZERO)).hasMessageStartingWith("idleTimeout <= 0: ");
        assertThatThrownBy(() -> DEFAULTS.withMessageTimeout(Duration.ZERO))
                .hasMessageStartingWith("messageTimeout <= 0: ");
    }

    @Test
    void onlyAConnectionWithATimeoutHasTimers() {
        assertThat(DEFAULTS.newTimeouts()).isNull();
        assertThat(DEFAULTS.withIdleTimeout(Duration.ofNanos(1)).newTimeouts()).isNotNull();
        assertThat(DEFAULTS.withMessageTimeout(Duration.ofNanos(1)).newTimeouts())
                .isNotNull();
    }

    @Test
    void aContextOfAClientIsRefused() {
        assertThatThrownBy(() -> DEFAULTS.withTls(TestTls.JDK.client())).isInstanceOf(IllegalArgumentException.class);
    }
}
