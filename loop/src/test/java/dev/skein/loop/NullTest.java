package dev.skein.loop;

import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.skein.loop.sync.Barrier;
import dev.skein.loop.sync.BoundedSemaphore;
import dev.skein.loop.sync.Condition;
import dev.skein.loop.sync.Event;
import dev.skein.loop.sync.LifoQueue;
import dev.skein.loop.sync.Lock;
import dev.skein.loop.sync.PriorityQueue;
import dev.skein.loop.sync.Queue;
import dev.skein.loop.sync.Semaphore;
import dev.skein.loop.testing.TestLoop;
import dev.skein.loop.testing.Trail;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.PrintStream;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Null is refused where it is given, by the name of the parameter. */
@SuppressWarnings("NullAway") // to give null is its purpose
class NullTest {
    /** What is given for the parameters beside the one that is null, by type. */
    private final Map<Class<?>, Object> samples = new HashMap<>();

    /** The objects whose methods are called, by type. */
    private final Map<Class<?>, Object> owners = new HashMap<>();

    private final List<String> accepted = new ArrayList<>();
    private int refused;

    @Test
    void eachPublicEntryRefusesNullAndNamesTheParameter() throws Exception {
        List<Class<?>> types = publicTypes();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                taskGroup(group -> {
                    Asyncio.timeout(Duration.ofHours(1), timeout -> {
                        prepare(loop, group, timeout);
                        tryAll(types);
                    });
                });
            });
            assertThat(loop.errors()).isEmpty();
        }
        assertThat(accepted).isEmpty();
        assertThat(refused).isGreaterThan(100);
    }

    private void prepare(TestLoop loop, TaskGroup group, Timeout timeout) {
        Future<String> done = loop.createFuture();
        done.setResult("x");
        EmbeddedChannel channel = new EmbeddedChannel();
        samples.put(Loop.class, loop.loop());
        samples.put(Future.class, done);
        samples.put(Duration.class, Duration.ofHours(1));
        samples.put(String.class, "text");
        samples.put(Collection.class, List.of(done));
        samples.put(List.class, List.of());
        samples.put(Set.class, Set.of());
        samples.put(Class.class, String.class);
        samples.put(Optional.class, Optional.empty());
        samples.put(OptionalInt.class, OptionalInt.empty());
        samples.put(OptionalLong.class, OptionalLong.empty());
        samples.put(ReturnWhen.class, ReturnWhen.ALL_COMPLETED);
        samples.put(Transport.class, Transport.NIO);
        samples.put(Executor.class, (Executor) Runnable::run);
        samples.put(UnaryOperator.class, UnaryOperator.identity());
        samples.put(CompletionStage.class, CompletableFuture.completedStage("x"));
        samples.put(io.netty.util.concurrent.Future.class, ImmediateEventExecutor.INSTANCE.newSucceededFuture("x"));
        samples.put(ChannelFuture.class, channel.newSucceededFuture());
        samples.put(Channel.class, channel);
        samples.put(EventLoop.class, loop.loop().eventLoop());
        samples.put(Throwable.class, new IllegalStateException("sample"));
        samples.put(PrintStream.class, System.out);
        samples.put(ErrorContext.class, ErrorContext.of("sample"));
        samples.put(Task.class, Asyncio.currentTask());
        samples.put(Lock.class, new Lock());
        samples.put(Object.class, "object");
        samples.put(Action.class, (Action) () -> {});

        Runner runner = new Runner();
        Stream.of(
                        loop,
                        loop.loop(),
                        group,
                        timeout,
                        done,
                        Asyncio.currentTask(),
                        loop.callSoon(() -> {}),
                        loop.callLater(Duration.ZERO, () -> {}),
                        Asyncio.generator(out -> {}),
                        runner,
                        ErrorContext.of("context"),
                        LoopOptions.defaults(),
                        new TaskOptions(Optional.empty(), false),
                        CallGraphOptions.defaults(),
                        Asyncio.captureCallGraph(done),
                        new ExceptionGroup("group", List.of(new IllegalStateException())),
                        new Trail(),
                        new Condition(),
                        new Lock(),
                        new Event(),
                        new Barrier(1),
                        new Semaphore(1),
                        new BoundedSemaphore(1),
                        new Queue<>(),
                        new LifoQueue<>(),
                        new PriorityQueue<>())
                .forEach(owner -> owners.put(owner.getClass(), owner));
    }

    private void tryAll(List<Class<?>> types) throws ReflectiveOperationException {
        for (Class<?> type : types) {
            for (Method method : methods(type)) {
                if (isEntry(method) && !type.isEnum() && !isForNobody(method)) {
                    tryEach(method, arguments -> method.invoke(owners.get(type), arguments));
                }
            }
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (isEntry(constructor)) {
                    tryEach(constructor, constructor::newInstance);
                }
            }
        }
    }

    /** Those that it declares, and those of the classes above it that users do not see: they call these by its name. */
    private static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>(List.of(type.getDeclaredMethods()));
        Class<?> above = type.getSuperclass();
        while (above != null && !Modifier.isPublic(above.getModifiers())) {
            methods.addAll(List.of(above.getDeclaredMethods()));
            above = above.getSuperclass();
        }
        methods.forEach(method -> method.setAccessible(true));
        return methods;
    }

    /** Exceptions take null as a message, as the JDK's do; what is an interface is called by Skein. */
    private static List<Class<?>> publicTypes() throws ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        for (JavaClass each : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.skein.loop", "dev.skein.loop.sync", "dev.skein.loop.testing")) {
            if (each.getModifiers().contains(JavaModifier.PUBLIC)
                    && !each.getPackageName().endsWith(".tools")
                    && !each.isInterface()) {
                Class<?> type = Class.forName(each.getName());
                if (!Throwable.class.isAssignableFrom(type) || type == ExceptionGroup.class) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    /** What takes anything, as each object's does; and what refuses whatever it is given. */
    private static boolean isForNobody(Method method) {
        return method.getName().equals("equals")
                || (method.getDeclaringClass() == Task.class && method.getName().equals("setException"));
    }

    private static boolean isEntry(Executable entry) {
        return Modifier.isPublic(entry.getModifiers()) && !entry.isSynthetic();
    }

    @FunctionalInterface
    private interface Call {
        Object on(Object[] arguments) throws ReflectiveOperationException;
    }

    private void tryEach(Executable entry, Call call) throws ReflectiveOperationException {
        for (int i = 0; i < entry.getParameterCount(); i++) {
            if (refusesNull(entry, i)) {
                Object[] arguments = new Object[entry.getParameterCount()];
                for (int other = 0; other < arguments.length; other++) {
                    arguments[other] = other == i ? null : sample(entry.getParameterTypes()[other]);
                }
                tryOne(entry, entry.getParameters()[i], call, arguments);
            }
        }
    }

    /** Where the type is a variable that admits null, null is a value. */
    private static boolean refusesNull(Executable entry, int parameter) {
        AnnotatedType type = entry.getAnnotatedParameterTypes()[parameter];
        boolean isValue =
                type.getType() instanceof TypeVariable<?> && !Queue.class.isAssignableFrom(entry.getDeclaringClass());
        return !entry.getParameterTypes()[parameter].isPrimitive()
                && !isValue
                && !type.isAnnotationPresent(Nullable.class);
    }

    private void tryOne(Executable entry, Parameter given, Call call, Object[] arguments)
            throws ReflectiveOperationException {
        String name = given.getName();
        String with = entry.getName().replaceFirst("^with", "");
        String asOption = with.substring(0, 1).toLowerCase(Locale.ROOT) + with.substring(1);
        try {
            call.on(arguments);
            accepted.add(entry + " took null for " + name);
        } catch (InvocationTargetException thrown) {
            String message = String.valueOf(thrown.getCause().getMessage());
            boolean named = message.matches("(" + name + "|" + asOption + ")(:.*)?")
                    || message.startsWith("a queue does not permit null");
            if (thrown.getCause() instanceof NullPointerException && named) {
                refused++;
            } else {
                accepted.add(entry + " with null for " + name + ": " + thrown.getCause());
            }
        }
    }

    private Object sample(Class<?> type) {
        if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), 1);
            Array.set(array, 0, sample(type.getComponentType()));
            return array;
        }
        if (type.isPrimitive()) {
            return type == boolean.class ? (Object) false : type == long.class ? (Object) 1L : (Object) 1;
        }
        Object known = samples.get(type);
        if (known == null && type.isInterface()) {
            // A lambda that nobody will call.
            return Proxy.newProxyInstance(
                    NullTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        throw new AssertionError(type + " was called, though another argument is null");
                    });
        }
        assertThat(known).as("a sample of " + type).isNotNull();
        return known;
    }

    @Test
    void aCallbackThatIsNullIsRefusedAndTheOthersRun() {
        Trail trail = new Trail();
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                loop.callSoon(() -> trail.add("before"));
                assertThatThrownBy(() -> loop.callSoon(null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("callback");
                assertThatThrownBy(() -> loop.loop().callAtPassEnd(null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("action");
                loop.callSoon(() -> trail.add("after"));
                yieldNow();
            });
        }
        assertThat(trail.entries()).containsExactly("before", "after");
    }

    @Test
    void aNullAmongSeveralIsRefusedByItsPlace() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                assertThatThrownBy(() -> gather(() -> {}, (Action) null)).hasMessage("actions: element 1 is null");
                assertThatThrownBy(() -> gather(Arrays.asList(loop.createFuture(), null)))
                        .hasMessage("gather: element 1 is null");
            });
        }
    }
}
