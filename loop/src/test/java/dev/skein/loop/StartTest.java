package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** JVMs that were started without something: the flag, Netty's native code, a transport that exists. */
@Execution(ExecutionMode.CONCURRENT)
class StartTest {
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
