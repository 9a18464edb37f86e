package dev.skein.perf.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.perf.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeignProgramTest {
    @Test
    void aToolThatIsNotThereIsNamedWithThePackageThatHasIt() {
        Program absent = new ForeignProgram(
                "no-such-tool", "no-such-package", List.of(), List.of(), List.of(), List.of(), List.of());

        assertThat(absent.missing())
                .contains("no-such-tool is not installed (Debian: apt-get install no-such-package)");
    }

    @Test
    void aLibraryThatIsNotThereIsNamedWithThePackageThatHasIt() {
        Program absent = new ForeignProgram(
                "sh", "no-such-package", List.of(), List.of(), List.of(), List.of(), List.of("sh", "-c", "exit 3"));

        assertThat(absent.missing())
                .hasValueSatisfying(word -> assertThat(word)
                        .startsWith("'sh -c exit 3' failed")
                        .endsWith("(Debian: apt-get install no-such-package)"));
    }

    @Test
    void aBuildThatFailsSaysWhatItSaidLast() {
        assertThatThrownBy(() -> Tool.run(Path.of("."), List.of("sh", "-c", "echo first; echo last >&2; exit 1")))
                .isInstanceOf(IOException.class)
                .hasMessage("'sh -c echo first; echo last >&2; exit 1' failed: last");
    }

    @Test
    void theSourcesOfAllPeersAreInTheJar() throws Exception {
        for (Peer peer : Peer.values()) {
            if (peer.program() instanceof ForeignProgram foreign) {
                for (String source : foreign.sources()) {
                    assertThat(PeerFiles.class.getResource("sources/" + source))
                            .as(source)
                            .isNotNull();
                }
            }
        }
    }
}
