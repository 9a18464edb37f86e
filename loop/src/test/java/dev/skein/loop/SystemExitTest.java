package dev.skein.loop;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.generator;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.waitFor;
import static dev.skein.loop.Asyncio.waitUntil;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code System.exit} in a loop: the JVM ends without waiting for what never will, and with the {@code finally} blocks of
 * all else. In these programs the loop may take a day to close, so that a JVM which ends has not waited for that.
 */
@Execution(ExecutionMode.CONCURRENT)
class SystemExitTest {
    private static final Duration LONG = Duration.ofHours(1);

    private static void exit() {
        System.out.println("exits");
        System.exit(5);
    }

    private static String exitWithResult() {
        exit();
        return "never";
    }

    /** Who calls it, while who waits for that. Where a coroutine does, it holds the loop if the loop cannot mount it. */
    enum Case {
        IN_A_TASK_THAT_MAIN_AWAITS(() -> createTask(SystemExitTest::exit).await()),
        IN_MAIN(SystemExitTest::exit),
        IN_WHAT_A_WAIT_FOR_AWAITS(() -> waitFor(createTask(SystemExitTest::exit), LONG)),
        IN_A_CHAIN_OF_TASKS(() -> {
            Task<?> inner = createTask(SystemExitTest::exit);
            waitFor(
                    createTask(() -> {
                        inner.await();
                    }),
                    LONG);
        }),
        IN_A_TASK_GROUP(() -> taskGroup(group -> {
            group.createTask(SystemExitTest::exit);
            group.createTask(() -> sleep(LONG));
        })),
        IN_A_TASK_GROUP_WITH_A_DEADLINE(() -> waitFor(
                () -> taskGroup(group -> {
                    group.createTask(SystemExitTest::exit);
                }),
                LONG)),
        IN_A_GATHER(() -> gather(SystemExitTest::exit, () -> sleep(LONG)).await()),
        IN_A_GATHER_WITH_A_DEADLINE(() -> waitFor(gather(SystemExitTest::exit, () -> sleep(LONG)), LONG)),
        IN_A_TASK_THAT_MAIN_WATCHES(
                () -> waitUntil(List.of(createTask(SystemExitTest::exit)), ReturnWhen.ALL_COMPLETED)),
        IN_A_GENERATOR(() -> {
            for (int item : generator(SystemExitTest::emitAndExit)) {
                System.out.println("item " + item);
            }
        }),
        WHILE_A_FINALLY_WAITS_FOR_ITS_CALLER(() -> {
            Future<String> never = Loop.current().createFuture();
            createTask(() -> {
                exit();
                never.setResult("never");
            });
            try {
                sleep(LONG);
            } finally {
                never.await();
            }
        }),
        IN_TO_THREAD(() -> toThread(SystemExitTest::exitWithResult)),
        IN_TO_THREAD_IN_A_TASK_GROUP(() -> taskGroup(group -> {
            group.createTask(() -> toThread(SystemExitTest::exitWithResult));
            group.createTask(() -> sleep(LONG));
        })),
        IN_A_VIRTUAL_THREAD_OF_THE_DEFAULT_EXECUTOR(() -> {
            Loop.current().setDefaultExecutor(Executors.newVirtualThreadPerTaskExecutor());
            toThread(SystemExitTest::exitWithResult);
        }),
        IN_A_CALLBACK(() -> {
            Loop.current().callSoon(SystemExitTest::exit);
            sleep(LONG);
        }),
        IN_A_TIMER(() -> {
            Loop.current().callLater(Duration.ofMillis(1), SystemExitTest::exit);
            sleep(LONG);
        }),
        IN_A_DONE_CALLBACK(() -> {
            createTask(() -> yieldNow()).addDoneCallback(done -> exit());
            sleep(LONG);
        });

        @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
        private final Action main;

        Case(Action main) {
            this.main = main;
        }

        /** Whether what calls it keeps the loop, so that nothing else ends. */
        private boolean holdsTheLoop() {
            boolean callback = name().matches("IN_A(_DONE)?_(CALLBACK|TIMER)");
            boolean thread = name().contains("THREAD");
            return callback || (!thread && !RuntimeMode.isMounted());
        }
    }

    private static void emitAndExit(Generator.Emitter<Integer> out) {
        out.emit(1);
        exit();
    }

    static final class Program {
        public static void main(String[] args) {
            run(
                    () -> {
                        createTask(Program::cleanUp);
                        yieldNow();
                        Case.valueOf(args[0]).main.run();
                    },
                    options -> options.withCloseTimeout(Duration.ofDays(1)));
        }

        private static void cleanUp() {
            try {
                sleep(LONG);
            } finally {
                sleep(Duration.ofMillis(10));
                System.out.println("is clean");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theJvmEndsWithoutWaitingForWhatNeverDoes(Case each) throws Exception {
        ChildJvm.Running child = ChildJvm.of(Program.class).start(each.name());
        child.awaitLine("exits");
        ChildJvm.Ended end = child.await();
        assertThat(end.status()).as(end.toString()).isEqualTo(5);
        assertThat(end.out()).as(end.toString()).contains("exits");
        assertThat(end.out().contains("is clean")).as(end.toString()).isEqualTo(!each.holdsTheLoop());
        assertThat(end.err()).as(end.toString()).noneMatch(line -> line.contains("before these tasks had ended"));
    }
}
