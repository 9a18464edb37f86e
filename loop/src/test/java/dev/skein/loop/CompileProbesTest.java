package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What a program may write in one line, as javac sees it: which overload a body picks, the type of the result, and which
 * checked exception comes out. A line that compiles ends with its type and what it throws; one that is refused, with what
 * javac says of it.
 */
@Execution(ExecutionMode.CONCURRENT)
class CompileProbesTest {
    /** Two spaces or more stand between the columns: the code, its type, and the checked exception that it throws. */
    private static final String COMPILES = """
            timeout(LONG, () -> "text")                                          String
            timeout(LONG, () -> text())                                          String
            timeout(LONG, () -> { return text(); })                              String
            timeout(LONG, Probes::text)                                          String
            timeout(LONG, () -> act())                                           void
            timeout(LONG, () -> { act(); })                                      void
            timeout(LONG, () -> {})                                              void
            timeout(LONG, Probes::act)                                           void
            timeout(LONG, this::method)                                          String
            timeout(LONG, () -> { while (true) sleep(LONG); })                   Object
            timeout(LONG, () -> read())                                          String               IOException
            timeout(LONG, Probes::read)                                          String               IOException
            timeout(LONG, () -> write())                                         void                 IOException
            timeout(LONG, Probes::write)                                         void                 IOException
            timeout(LONG, () -> { throw new IOException(); })                    Object               IOException
            timeout(LONG, () -> { throw new IllegalStateException(); })          Object
            timeout(LONG, () -> { write(); query(); })                           void                 Exception
            timeout(LONG, () -> timeout(LONG, () -> read()))                     String               IOException
            timeout(LONG, () -> { timeout(LONG, () -> write()); })               void                 IOException
            timeout(LONG, () -> await(future))                                   String
            timeout(LONG, () -> withTaskGroup(g -> text()))                      String
            timeout(LONG, () -> taskGroup(g -> { while (true) sleep(LONG); }))   void
            timeout(LONG, future)                                                String
            timeout(LONG, awaitable)                                             String
            timeout(LONG, action)                                                void
            timeout(LONG, call)                                                  String               IOException
            timeout(LONG, t -> act())                                            void
            timeout(LONG, t -> { act(); })                                       void
            timeout(LONG, t -> text())                                           void
            timeout(LONG, t -> { while (true) sleep(LONG); })                    void
            timeout(LONG, t -> write())                                          void                 IOException
            timeout(LONG, t -> { throw new IOException(); })                     void                 IOException
            timeout(LONG, t -> t.rescheduleIn(LONG))                             void
            timeout(LONG, t -> timeout(LONG, u -> write()))                      void                 IOException
            withTimeout(LONG, t -> text())                                       String
            withTimeout(LONG, t -> { act(); return 1; })                         Integer
            withTimeout(LONG, t -> read())                                       String               IOException
            withTimeout(LONG, t -> { while (true) sleep(LONG); })                Object
            withTimeout(LONG, t -> withTimeout(LONG, u -> read()))               String               IOException
            timeoutAt(5, () -> text())                                           String
            timeoutAt(5, () -> act())                                            void
            timeoutAt(5, () -> { while (true) sleep(LONG); })                    Object
            timeoutAt(5, () -> read())                                           String               IOException
            timeoutAt(5, t -> { while (true) sleep(LONG); })                     void
            timeoutAt(5, t -> write())                                           void                 IOException
            withTimeoutAt(5, t -> text())                                        String
            taskGroup(g -> act())                                                void
            taskGroup(g -> { g.createTask(() -> act()); })                       void
            taskGroup(g -> g.createTask(() -> act()))                            void
            taskGroup(g -> { while (true) sleep(LONG); })                        void
            taskGroup(g -> write())                                              void
            taskGroup(g -> { throw new IOException(); })                         void
            taskGroup(g -> taskGroup(h -> { while (true) sleep(LONG); }))        void
            withTaskGroup(g -> text())                                           String
            withTaskGroup(g -> g.createTask(() -> text()))                       Task<String>
            withTaskGroup(g -> { while (true) sleep(LONG); })                    Object
            withTaskGroup(g -> withTaskGroup(h -> read()))                       String
            await(() -> text())                                                  String
            await(() -> act())                                                   void
            await(() -> { while (true) sleep(LONG); })                           Object
            await(() -> read())                                                  String               IOException
            await(Probes::write)                                                 void                 IOException
            await(() -> await(() -> read()))                                     String               IOException
            await(future)                                                        String
            await(task)                                                          String
            await(numbers)                                                       capture of ? extends Number
            await(awaitable)                                                     String
            await(action)                                                        void
            await(call)                                                          String               IOException
            await(stage)                                                         String
            await(channelFuture)                                                 Channel
            await(nettyFuture)                                                   String
            waitFor(() -> text(), LONG)                                          String
            waitFor(() -> act(), LONG)                                           void
            waitFor(() -> { while (true) sleep(LONG); }, LONG)                   Object
            waitFor(() -> read(), LONG)                                          String               IOException
            waitFor(() -> { throw new IOException(); }, LONG)                    Object               IOException
            waitFor(Probes::read, LONG)                                          String               IOException
            waitFor(Probes::act, LONG)                                           void
            waitFor(future, LONG)                                                String
            waitFor(task, LONG)                                                  String
            waitFor(awaitable, LONG)                                             String
            waitFor(action, LONG)                                                void
            waitFor(() -> timeout(LONG, () -> toThread(() -> read())), LONG)     String               IOException
            toThread(() -> text())                                               String
            toThread(() -> act())                                                void
            toThread(() -> { while (true) act(); })                              Object
            toThread(() -> read())                                               String               IOException
            toThread(() -> Thread.sleep(5))                                      void                 InterruptedException
            toThread(() -> { throw new IOException(); })                         Object               IOException
            toThread(Probes::write)                                              void                 IOException
            toThread(callable::call)                                             String               Exception
            toThread(runnable::run)                                              void
            loop.runInExecutor(() -> text())                                     Future<String>
            loop.runInExecutor(() -> write())                                    Future<Void>
            loop.runInExecutor(() -> { while (true) act(); })                    Future<Object>
            loop.runInExecutor(() -> { throw new IOException(); })               Future<Object>
            loop.runInExecutor(Probes::write)                                    Future<Void>
            loop.runInExecutor(callable)                                         Future<String>
            loop.runInExecutor(pool, () -> read())                               Future<String>
            loop.runInExecutor(pool, () -> act())                                Future<Void>
            createTask(() -> read())                                             Task<String>
            createTask(() -> write())                                            Task<Void>
            createTask(() -> { while (true) sleep(LONG); })                      Task<Object>
            createTask(() -> { throw new IOException(); })                       Task<Object>
            createTask(Probes::read, "name")                                     Task<String>
            createTask(Probes::act, "name")                                      Task<Void>
            createTask(() -> toThread(() -> read()))                             Task<String>
            createTask(() -> timeout(LONG, () -> { while (true) sleep(LONG); }))  Task<Object>
            gather(() -> text(), () -> read())                                   Future<List<String>>
            gather(() -> act(), () -> write())                                   Future<List<Void>>
            gather(Probes::text, Probes::read)                                   Future<List<String>>
            gather(() -> { while (true) sleep(LONG); }, () -> text())            Future<List<String>>
            gather(() -> { throw new IOException(); })                           Future<List<Object>>
            gather(future, () -> read())                                         Future<List<String>>
            gatherSettled(() -> act(), () -> write())                            Future<List<Future<Void>>>
            await(gather(() -> text(), () -> read()))                            List<String>
            shield(() -> read())                                                 Future<String>
            shield(() -> write())                                                Future<Void>
            shield(() -> { while (true) sleep(LONG); })                          Future<Object>
            shield(() -> { throw new IOException(); })                           Future<Object>
            shield(task)                                                         Future<String>
            asCompleted(() -> text(), () -> read())                              Iterable<Future<String>>
            asCompleted(() -> act(), Probes::write)                              Iterable<Future<Void>>
            asCompleted(() -> { while (true) sleep(LONG); })                     Iterable<Future<Object>>
            asCompleted(LONG, () -> text(), () -> { throw new IOException(); })  Iterable<Future<String>>
            asCompleted(LONG, () -> act())                                       Iterable<Future<Void>>
            Probes.<Generator<String>>as(generator(out -> out.emit("item")))     Generator<String>
            Probes.<Generator<String>>as(generator(out -> { out.emit(read()); }))  Generator<String>
            generator(out -> { while (true) sleep(LONG); })                      Generator<Object>
            generator(out -> { throw new IOException(); })                       Generator<Object>
            run(() -> read())                                                    String
            run(() -> write())                                                   void
            run(() -> { while (true) sleep(LONG); })                             Object
            run(() -> { throw new IOException(); })                              Object
            run(Probes::read)                                                    String
            run(Probes::act)                                                     void
            runCoroutineThreadsafe(() -> write(), loop)                          CompletableFuture<Void>
            Probes.<Future<String>>as(createFuture())                            Future<String>
            sleepUntil(loop.time() + 5)                                          void
            """;

    /** The code, what javac says, and why it is meant to be so. */
    private static final String REFUSED = """
            timeout(LONG, t -> 42)                      bad return type          with a result it is withTimeout, so that any lambda of one parameter compiles
            timeout(LONG, t -> { return 42; })          no suitable method       likewise
            timeoutAt(5, t -> { return 42; })           no suitable method       likewise
            taskGroup(g -> 42)                          bad return type          with a result it is withTaskGroup
            taskGroup(g -> { return 42; })              unexpected return value  likewise
            withTimeout(LONG, t -> act())               lower bounds: void       without a result it is timeout
            withTaskGroup(g -> { act(); })              missing return value     without a result it is taskGroup
            withTimeout(LONG, () -> text())             incompatible parameter   who does not want the timeout writes timeout
            timeout(LONG, Probes::twoForms)             ambiguous                one form has a result and takes the timeout: a lambda says which is meant
            timeout(LONG, () -> read())                 unreported exception     the body's exception is the caller's to handle
            timeout(LONG, t -> write())                 unreported exception     likewise
            await(() -> read())                         unreported exception     likewise
            waitFor(Probes::read, LONG)                 unreported exception     likewise
            toThread(() -> read())                      unreported exception     likewise
            toThread(() -> Thread.sleep(5))             unreported exception     likewise
            await(call)                                 unreported exception     likewise
            toThread(callable)                          no suitable method       callable::call shows that it throws Exception
            toThread(runnable)                          no suitable method       runnable::run
            gather(() -> act(), () -> { return 1; })    no suitable method       with a result, or without: not both in one list
            waitFor(stage, LONG)                        no suitable method       Future.from(stage), which says whose operation is cancelled
            waitUntil(List.of(() -> act()), ReturnWhen.ALL_COMPLETED)  incompatible types  a lambda would be lost in what is pending: createTask first
            sleep(5)                                    cannot be converted      a length has a unit
            """;

    private static final String SOURCE = """
            package probes;

            import static dev.skein.loop.Asyncio.*;
            import dev.skein.loop.*;
            import dev.skein.loop.Future;
            import java.io.IOException;
            import java.time.Duration;
            import java.util.List;
            import java.util.concurrent.*;

            abstract class Probes {
                static final Duration LONG = Duration.ofHours(1);
                Loop loop;
                Future<String> future;
                Future<? extends Number> numbers;
                Task<String> task;
                Awaitable<String> awaitable;
                Action action;
                Call<String, IOException> call;
                Callable<String> callable;
                Runnable runnable;
                CompletableFuture<String> stage;
                io.netty.channel.ChannelFuture channelFuture;
                io.netty.util.concurrent.Future<String> nettyFuture;
                Executor pool;

                static String text() { return ""; }
                static void act() {}
                static String read() throws IOException { return ""; }
                static void write() throws IOException {}
                static void query() throws java.sql.SQLException {}
                static void twoForms() {}
                static String twoForms(Timeout timeout) { return ""; }
                static <T> T as(T value) { return value; }
                String method() { return ""; }

            """;

    private record Probe(String code, List<String> columns) {
        static List<Probe> of(String table) {
            return table.lines()
                    .map(line -> line.split(" {2,}"))
                    .map(columns -> new Probe(columns[0], Arrays.asList(columns).subList(1, columns.length)))
                    .toList();
        }

        /** As one line, so that the line of a message is the probe's. */
        String method(int number, @Nullable String thrown) {
            String statement = code + ";";
            String body = thrown == null ? statement : "try { " + statement + " } catch (" + thrown + " e) {}";
            return "    void probe" + number + "() { " + body + " }\n";
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(List<String> methods) {
            super(URI.create("string:///probes/Probes.java"), Kind.SOURCE);
            text = SOURCE + String.join("", methods) + "}\n";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static JavacTask javac(List<String> methods, DiagnosticCollector<JavaFileObject> told) {
        List<String> options =
                List.of("-proc:none", "-Xlint:all,-classfile,-dep-ann", "-cp", System.getProperty("java.class.path"));
        return (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, told, options, null, List.of(new Source(methods)));
    }

    /** Of each probe the type of its expression, in the order of the probes. */
    private static List<String> types(JavacTask task) throws IOException {
        List<String> types = new ArrayList<>();
        Trees trees = Trees.instance(task);
        var units = task.parse();
        task.analyze();
        new TreePathScanner<Void, Void>() {
            @Override
            public @Nullable Void visitMethod(MethodTree method, Void nothing) {
                return method.getName().toString().startsWith("probe") ? super.visitMethod(method, null) : null;
            }

            @Override
            public @Nullable Void visitExpressionStatement(ExpressionStatementTree statement, Void nothing) {
                types.add(simple(trees.getTypeMirror(new TreePath(getCurrentPath(), statement.getExpression()))
                        .toString()));
                return null;
            }
        }.scan(units, null);
        return types;
    }

    /** Without packages and annotations. */
    private static String simple(String type) {
        return type.replaceAll("@[\\w.]+ ", "")
                .replaceAll("\\b[a-z]\\w*\\.", "")
                .replaceAll("capture#\\d+", "capture");
    }

    @Test
    void eachCompilesAndHasTheTypeThatAReaderExpects() throws IOException {
        List<Probe> probes = Probe.of(COMPILES);
        List<String> methods = new ArrayList<>();
        for (Probe probe : probes) {
            methods.add(probe.method(methods.size(), probe.columns.size() > 1 ? probe.columns.get(1) : null));
        }
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();

        List<String> types = types(javac(methods, told));

        assertThat(told.getDiagnostics()).isEmpty();
        assertThat(IntStream.range(0, probes.size())
                        .mapToObj(i -> probes.get(i).code + " is " + types.get(i))
                        .toList())
                .isEqualTo(probes.stream()
                        .map(probe -> probe.code + " is " + probe.columns.getFirst())
                        .toList());
    }

    /** A call of javac for each, since an error of types keeps javac from looking for those of exceptions. */
    @Test
    void eachOfTheOthersIsRefusedForItsReason() throws IOException {
        for (Probe probe : Probe.of(REFUSED)) {
            DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
            javac(List.of(probe.method(0, null)), told).analyze();
            assertThat(told.getDiagnostics()).as(probe.code).first().asString().contains(probe.columns.getFirst());
        }
    }
}
