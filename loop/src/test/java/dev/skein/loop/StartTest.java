package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.Version;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs that were started without something: the flag, Netty's native code, a transport that exists. */
@Execution(ExecutionMode.CONCURRENT)
class StartTest {
    private static final String NETTY = Objects.requireNonNull(
                    Version.identify(Transport.class.getClassLoader()).get("netty-transport"))
            .artifactVersion();

    /** Prints which transport it got, in which order its tasks ended, and what became of the transports that it names. */
    static final class Program {
        public static void main(String[] named) {
            List<Object> results = run(() -> {
                Task<String> slow = createTask(() -> sleepAndSay(20, "slow"));
                Task<String> fast = createTask(() -> sleepAndSay(1, "fast"));
                Object transport = Loop.current().transport();
                return List.of(transport, await(gather(slow, fast)), Coroutine.current() instanceof MountedCoroutine);
            });
            System.out.println(results);
            for (String name : named) {
                System.setProperty("skein.transport", name);
                System.out.println(name + ": " + transportOrRefusal());
            }
        }

        private static Object transportOrRefusal() {
            try {
                return run(() -> Loop.current().transport());
            } catch (RuntimeException refused) {
                return refused;
            }
        }

        private static String sleepAndSay(int millis, String text) {
            sleep(Duration.ofMillis(millis));
            return text;
        }
    }

    private static String bestTransport() {
        return Transport.preferred().name();
    }

    @Test
    void withoutTheFlagItSaysSoOnceAndWorks() {
        ChildJvm.Ended end = ChildJvm.of(Program.class).withoutFlag().run();

        assertThat(end.line()).isEqualTo("[" + bestTransport() + ", [slow, fast], false]");
        assertThat(end.err())
                .filteredOn(line -> line.contains("--add-opens java.base/java.lang=ALL-UNNAMED"))
                .singleElement()
                .asString()
                .endsWith("started without --add-opens java.base/java.lang=ALL-UNNAMED: coroutines run as ordinary"
                        + " virtual threads, which is slower, and a JDK call that blocks stops its loop; start"
                        + " the JVM with the flag");
    }

    @Test
    void withTheFlagItSaysNothing() {
        ChildJvm.Ended end = ChildJvm.of(Program.class)
                .with("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                .run();

        assertThat(end.line()).isEqualTo("[" + bestTransport() + ", [slow, fast], true]");
        assertThat(end.err()).isEmpty();
    }

    /** Makes its first loop on a virtual thread that is interrupted, and says what became of both. */
    static final class OnAVirtualThread {
        public static void main(String[] none) throws InterruptedException {
            Thread first = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                System.out.println(VirtualThreads.areMounted() + " "
                        + Thread.currentThread().isInterrupted());
            });
            first.join();
        }
    }

    @Test
    void theFirstLoopMayBeMadeOnAVirtualThreadThatIsInterrupted() {
        ChildJvm.Ended end = ChildJvm.of(OnAVirtualThread.class)
                .with("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                .run();

        assertThat(end.line()).isEqualTo("true true");
    }

    @Test
    void onTheModulePathTheLineNamesTheFlagThatHelpsThere() {
        ChildJvm.Ended without = ChildJvm.of(Program.class)
                .onModulePath()
                .withoutFlag()
                .with("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                .run();

        assertThat(without.line()).endsWith("[slow, fast], false]");
        assertThat(String.join("\n", without.err()))
                .containsOnlyOnce("started without --add-opens java.base/java.lang=dev.skein.loop: ");

        ChildJvm.Ended with = ChildJvm.of(Program.class)
                .onModulePath()
                .withoutFlag()
                .with("--add-opens", "java.base/java.lang=dev.skein.loop")
                .run();

        assertThat(with.line()).endsWith("[slow, fast], true]");
        assertThat(String.join("\n", with.err())).doesNotContain("started without");
    }

    @Test
    void theTransportThatThePropertyNamesIsTakenOrRefused() {
        ChildJvm.Ended end =
                ChildJvm.of(Program.class).with("-Dskein.transport=NIO").run("nio", "carrier-pigeon");

        assertThat(end.out().getFirst()).startsWith("[NIO, [slow, fast]");
        assertThat(end.out().subList(1, 3))
                .containsExactly(
                        "nio: NIO",
                        "carrier-pigeon: java.lang.IllegalArgumentException: -Dskein.transport=carrier-pigeon: not a"
                                + " transport (expected nio, epoll, io_uring or kqueue)");
    }

    private static String epollsJar() {
        String os = PlatformDependent.normalizedOs();
        String arch = PlatformDependent.normalizedArch();
        assumeTrue(os.equals("linux") && FasterTransport.of(os, arch).isPresent(), "epoll is for Linux");
        return "netty-transport-native-epoll-" + NETTY + "-linux-" + arch;
    }

    @Test
    void withoutTheJarOfAFasterTransportOneLineNamesIt() {
        ChildJvm.Ended end = ChildJvm.of(Program.class).withoutJars(epollsJar()).run("nio", "io_uring");

        String artifact =
                "io.netty:netty-transport-native-epoll:" + NETTY + ":linux-" + PlatformDependent.normalizedArch();
        assertThat(end.err())
                .filteredOn(line -> line.contains("transport"))
                .as(end.toString())
                .singleElement()
                .asString()
                .endsWith("INFO dev.skein.loop.Loop - running on NIO, though epoll is faster here: put " + artifact
                        + " on the class path, or set -Dskein.transport=nio to do without it");
    }

    @Test
    void onTheModulePathTheLineNamesTheModulesToo() {
        ChildJvm.Ended end = ChildJvm.of(Program.class)
                .withoutJars(epollsJar())
                .onModulePath()
                .run();

        assertThat(String.join("\n", end.err()))
                .containsOnlyOnce(":linux-" + PlatformDependent.normalizedArch()
                        + " on the module path, with --add-modules io.netty.transport.classes.epoll,"
                        + "io.netty.transport.epoll.linux." + PlatformDependent.normalizedArch() + ", or set");
    }

    @ParameterizedTest
    @CsvSource({
        "linux, x86_64, io.netty:netty-transport-native-epoll:%s:linux-x86_64",
        "linux, aarch_64, io.netty:netty-transport-native-epoll:%s:linux-aarch_64",
        "osx, x86_64, io.netty:netty-transport-native-kqueue:%s:osx-x86_64",
        "osx, aarch_64, io.netty:netty-transport-native-kqueue:%s:osx-aarch_64",
        "linux, s390x_64,",
        "windows, x86_64,"
    })
    void thePlatformSaysWhichJarThatIs(String os, String arch, @Nullable String artifact) {
        String advice = FasterTransport.of(os, arch).map(it -> it.advice(false)).orElse("none");

        assertThat(advice)
                .contains(artifact == null ? "none" : "put " + artifact.formatted(NETTY) + " on the class path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dskein.transport=nio", "-Dio.netty.transport.noNative=true"})
    void noFasterTransportIsNamedIfTheOptionsRuleItOut(String option) {
        ChildJvm.Ended end =
                ChildJvm.of(Program.class).withoutJars(epollsJar()).with(option).run();

        assertThat(end.line()).startsWith("[NIO, ");
        assertThat(String.join("\n", end.err())).doesNotContain("is faster here");
    }

    @Test
    void withoutNativeCodeItTakesNioAndRefusesTheOthersByName() {
        ChildJvm.Ended end = ChildJvm.of(Program.class).withoutJars("-linux-").run("epoll");

        assertThat(end.out().getFirst()).startsWith("[NIO, [slow, fast]");
        assertThat(end.out().getLast())
                .isEqualTo("epoll: java.lang.IllegalStateException: transport epoll is not available here: put Netty's"
                        + " native code for it on the class path, or choose another with -Dskein.transport=nio");
    }

    @Test
    void withoutTheClassesOfTheNativeTransportsItTakesNio() {
        ChildJvm.Ended end = ChildJvm.of(Program.class)
                .withoutJars("-linux-")
                .withoutJars("netty-transport-classes-")
                .withoutJars("netty-transport-native-")
                .run();

        assertThat(end.line()).startsWith("[NIO, [slow, fast]");
    }
}
