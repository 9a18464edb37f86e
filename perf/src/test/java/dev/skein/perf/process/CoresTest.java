package dev.skein.perf.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoresTest {
    @Test
    void allowedCoresAreReadFromTheStatusOfTheProcess() {
        List<String> status =
                List.of("Name:\tjava", "Cpus_allowed:\t10f", "Cpus_allowed_list:\t0-3,8", "Mems_allowed:\t1");

        assertThat(Cores.allowed(status)).containsExactly(0, 1, 2, 3, 8);
    }

    @Test
    void aSingleCoreIsAListOfOne() {
        assertThat(Cores.allowed(List.of("Cpus_allowed_list:\t5"))).containsExactly(5);
    }

    @Test
    void aStatusThatDoesNotSayGivesNone() {
        assertThat(Cores.allowed(List.of("Name:\tjava"))).isEmpty();
    }
}
