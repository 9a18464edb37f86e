package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JVMs that were started without the flag, with the agent of Byte Buddy at hand. */
@Execution(ExecutionMode.CONCURRENT)
class AgentOpeningTest {
    private static final String OPENED = "started without --add-opens java.base/java.lang=%s:"
            + " net.bytebuddy:byte-buddy-agent has opened the package instead, in ";
    private static final String OF_THE_JDK = "WARNING: A Java agent has been loaded dynamically";
    private static final String WITHOUT = "started without --add-opens java.base/java.lang=ALL-UNNAMED: coroutines run"
            + " as ordinary virtual threads, which is slower, and a JDK call that blocks stops its loop; ";
    private static final String REFUSED =
            WITHOUT + "start the JVM with the flag (net.bytebuddy:byte-buddy-agent cannot open the package here: ";

    /** Runs two loops, and says whether their coroutines are mounted. */
    static final class Program {
        public static void main(String[] none) {
            System.out.println(mounts() + " " + mounts());
        }

        static boolean mounts() {
            return Asyncio.run(() -> Coroutine.current() instanceof MountedCoroutine);
        }
    }

    private static ChildJvm jvm() {
        return ChildJvm.of(Program.class).withAgent();
    }

    private static void assertMounted(ChildJvm.Ended end, String module) {
        assertThat(end.line()).isEqualTo("true true");
        assertThat(end.err())
                .filteredOn(line -> line.contains("add-opens"))
                .as(end.toString())
                .singleElement()
                .asString()
                .containsPattern("\\bINFO\\b.*" + OPENED.formatted(module) + "\\d+ ms$");
    }

    private static void assertBaton(ChildJvm.Ended end, String warning) {
        assertThat(end.line()).isEqualTo("false false");
        assertThat(end.err())
                .filteredOn(line -> line.contains("add-opens"))
                .as(end.toString())
                .singleElement()
                .asString()
                .contains(" WARN ")
                .contains(warning);
    }

    @Test
    void onTheClassPathCoroutinesAreMountedAndOneLineSaysHow() {
        ChildJvm.Ended end = jvm().run();

        assertMounted(end, "ALL-UNNAMED");
        assertThat(end.err()).anyMatch(line -> line.startsWith(OF_THE_JDK));
    }

    @Test
    void theWarningOfTheJdkIsSilencedByItsFlag() {
        ChildJvm.Ended end = jvm().with("-XX:+EnableDynamicAgentLoading").run();

        assertMounted(end, "ALL-UNNAMED");
        assertThat(end.err()).hasSize(1);
    }

    @Test
    void anAgentThatTheJvmWasStartedWithIsNotLoadedAgain() {
        String jar = ChildJvm.jar("byte-buddy-agent");
        ChildJvm.Ended end = jvm().with("-javaagent:" + jar).run();

        assertMounted(end, "ALL-UNNAMED");
        assertThat(end.err()).hasSize(1);
    }

    @Test
    void onTheModulePathItIsOpenedToSkeinAlone() {
        ChildJvm.Ended end = jvm().onModulePath()
                .with("--add-modules", "net.bytebuddy.agent,jdk.attach")
                .run();

        assertMounted(end, "dev.skein.loop");
    }

    /** As Surefire starts the tests of a module: what that requires is on the module path, all else on the class path. */
    @Test
    void theAgentOnTheClassPathOpensItToSkeinOnTheModulePath() {
        ChildJvm.Ended end = jvm().onModulePath()
                .with("-cp", ChildJvm.jar("byte-buddy-agent"), "--add-modules", "java.instrument,jdk.attach")
                .withoutJars("byte-buddy-agent")
                .run();

        assertMounted(end, "dev.skein.loop");
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:-EnableDynamicAgentLoading, Could not self-attach to current VM",
        "-XX:+DisableAttachMechanism, Could not self-attach to current VM",
        "'--limit-modules=java.management,java.instrument,jdk.unsupported', No compatible attachment provider is available",
        "'--limit-modules=java.management,jdk.unsupported,jdk.attach', java/lang/instrument/Instrumentation"
    })
    void whereTheJvmRefusesTheLineSaysWhyAndAllWorksAsABaton(String option, String why) {
        assertBaton(jvm().with(option).run(), why);
    }

    @Test
    void thePropertyForbidsIt() {
        ChildJvm.Ended end = jvm().with("-Dskein.agent=off").run();

        assertBaton(end, WITHOUT + "start the JVM with the flag");
        assertThat(end.err()).hasSize(1);
    }

    @Test
    void withoutTheJarTheLineNamesItAsACure() {
        ChildJvm.Ended end = jvm().withoutJars("byte-buddy-agent").run();

        assertBaton(
                end,
                WITHOUT + "start the JVM with the flag, or, for tests, put net.bytebuddy:byte-buddy-agent on the class"
                        + " path");
        assertThat(end.err()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public static Instrumentation install() { throw new StackOverflowError(); } | java.lang.StackOverflowError",
                "static int x = 1 / 0; public static Instrumentation install() { return null; } | java.lang.ExceptionInInitializerError",
                "public static void install() {} | java.lang.NoSuchMethodError",
                "public static Instrumentation install() { return (Instrumentation) java.lang.reflect.Proxy.newProxyInstance("
                        + "ByteBuddyAgent.class.getClassLoader(), new Class<?>[] {Instrumentation.class}, (p, m, a) -> null); }"
                        + " | it is closed still",
            })
    void aJarThatIsNotWhatItSaysIsNoExceptionOfTheProgram(String body, String why, @TempDir Path classes)
            throws IOException {
        compile(
                "package net.bytebuddy.agent; import java.lang.instrument.Instrumentation;"
                        + " public class ByteBuddyAgent { " + body + " }",
                classes);

        ChildJvm.Ended end = jvm().withFirst(classes).run();

        assertBaton(end, REFUSED);
        assertThat(String.join("\n", end.err())).contains(why);
    }

    private static void compile(String agent, Path classes) throws IOException {
        Path source = Files.writeString(classes.resolve("ByteBuddyAgent.java"), agent);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", classes.toString(), source.toString()))
                .isZero();
    }

    /** A JVM without continuations, which the package that is open does not help. */
    @Test
    void aJvmThatCannotMountSaysSoEvenWithTheFlag() {
        ChildJvm.Ended end = ChildJvm.of(Program.class)
                .withoutFlag()
                .with("--add-opens", "java.base/java.lang=ALL-UNNAMED")
                .with("-XX:+UnlockExperimentalVMOptions", "-XX:-VMContinuations")
                .run();

        assertThat(end.line()).isEqualTo("false false");
        assertThat(end.err())
                .singleElement()
                .asString()
                .contains("this JVM, " + Runtime.version()
                        + ", has no virtual threads that Skein can mount: coroutines run"
                        + " as ordinary virtual threads");
    }

    static final class Interrupted {
        public static void main(String[] none) {
            Thread.currentThread().interrupt();
            System.out.println(
                    VirtualThreads.areMounted() + " " + Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void anInterruptOfTheCallerIsNoRefusal() {
        assertThat(ChildJvm.of(Interrupted.class).withAgent().run().line()).isEqualTo("true true");
    }

    /** Loads Skein, Netty and the agent twice, and starts both at once. */
    static final class TwoLoaders {
        public static void main(String[] none) throws Exception {
            CyclicBarrier start = new CyclicBarrier(2);
            List<FutureTask<Object>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Callable<Object> program = load();
                FutureTask<Object> result = new FutureTask<>(() -> {
                    start.await();
                    return program.call();
                });
                results.add(result);
                Thread.ofPlatform().start(result);
            }
            System.out.println(
                    results.getFirst().get() + " " + results.getLast().get());
        }

        private static Callable<Object> load() throws Exception {
            URL[] classPath = Arrays.stream(
                            System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(TwoLoaders::url)
                    .toArray(URL[]::new);
            ClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
            Method mounts = loader.loadClass(Program.class.getName()).getDeclaredMethod("mounts");
            mounts.setAccessible(true);
            return () -> mounts.invoke(null);
        }

        private static URL url(String entry) {
            try {
                return new File(entry).toURI().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(entry, e);
            }
        }
    }

    @Test
    void theAgentOpensTheJdkForTwoClassLoadersWithSkeinEach() {
        ChildJvm.Ended end = ChildJvm.of(TwoLoaders.class).withAgent().run();

        assertThat(end.line()).isEqualTo("true true");
        assertThat(end.err().stream().filter(line -> line.contains(OPENED.formatted("ALL-UNNAMED"))))
                .hasSize(2);
    }
}
