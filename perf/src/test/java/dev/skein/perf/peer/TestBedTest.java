package dev.skein.perf.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Transport;
import dev.skein.perf.process.Jvm;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestBedTest {
    /** Prints whether Netty uses Unsafe. */
    static final class Program {
        public static void main(String[] none) {
            System.out.println(PlatformDependent.hasUnsafe());
        }
    }

    private static String run(Jvm jvm) throws IOException {
        Process process = new ProcessBuilder(jvm.command()).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void itSaysWhetherNettyUsesUnsafeInTheJvms() throws IOException {
        TestBed with = TestBed.of(Program.class, Transport.NIO);
        TestBed without = with.withoutUnsafe().withFlags(List.of("-Da=b"));

        assertThat(with.toString()).contains(", Netty with sun.misc.Unsafe, ");
        assertThat(run(with.jvm())).isEqualTo("true");
        assertThat(without.toString()).contains(", Netty without sun.misc.Unsafe, ");
        assertThat(run(without.jvm())).isEqualTo("false");
    }
}
