package dev.skein.perf.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsyncProfilerTest {
    @Test
    void theLibraryOfThisMachineComesWithTheBuild(@TempDir Path directory) throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"));

        assertThat(AsyncProfiler.unpack(directory))
                .hasValueSatisfying(library -> assertThat(library).isNotEmptyFile());
        assertThat(new Profile(directory).flags("echo-raw"))
                .anySatisfy(flag ->
                        assertThat(flag).startsWith("-agentpath:" + directory).endsWith("echo-raw.jfr"));
    }

    @Test
    void eachSystemHasItsDirectory() {
        assertThat(AsyncProfiler.platform("Linux", "amd64")).isEqualTo("linux-x64");
        assertThat(AsyncProfiler.platform("Linux", "aarch64")).isEqualTo("linux-arm64");
        assertThat(AsyncProfiler.platform("Mac OS X", "aarch64")).isEqualTo("macos");
    }
}
