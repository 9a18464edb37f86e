package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.newEventLoop;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Loopback.until;
import static dev.skein.net.Subprocesses.createSubprocessExec;
import static dev.skein.net.Subprocesses.createSubprocessShell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.conformance.PortOf;
import dev.skein.loop.Awaitable;
import dev.skein.loop.CancelledError;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How real processes end: by themselves, by signals, with whoever waits for them, with the loop. */
class SubprocessEndTest {
    private static final List<String> BLOCKED = List.of("sleep", "3600");

    private static void awaitGone(long pid) {
        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
    }

    @Test
    @PortOf("test_subprocess.kill")
    @PortOf("test_events.subprocess_kill")
    void killEndsItWithTheSignalsStatus() {
        run(() -> {
            Subprocess blocked = createSubprocessExec(BLOCKED);
            assertThat(blocked.returnCode()).isEmpty();
            blocked.kill();
            assertThat(blocked.waitFor()).isEqualTo(128 + 9);
            blocked.kill();
            blocked.terminate();
            blocked.sendSignal("HUP");
        });
    }

    /** The first child of {@code parent}, which may still be about to have it. */
    private static ProcessHandle childOf(Subprocess parent) {
        ProcessHandle handle = ProcessHandle.of(parent.pid()).orElseThrow();
        until(() -> handle.children().findAny().isPresent());
        return handle.children().findAny().orElseThrow();
    }

    @Test
    @PortOf("test_subprocess.kill_issue43884")
    void aShellCanBeKilledWhileItsChildHoldsItsOutput() {
        run(() -> {
            Subprocess shell = createSubprocessShell("sleep 3600; true", o -> o.withStdout(Redirect.PIPE));
            ProcessHandle child = childOf(shell);
            shell.kill();
            assertThat(shell.waitFor()).isEqualTo(128 + 9);
            assertThat(child.isAlive()).isTrue();
            child.destroyForcibly();
            assertThat(shell.stdout().readAll()).isEmpty();
        });
    }

    @Test
    @PortOf("test_subprocess.terminate")
    @PortOf("test_events.subprocess_terminate")
    void terminateEndsItWithTheSignalsStatus() {
        run(() -> {
            Subprocess blocked = createSubprocessExec(BLOCKED);
            blocked.terminate();
            assertThat(blocked.waitFor()).isEqualTo(128 + 15);
        });
    }

    @Test
    void outputAfterTerminateCanBeRead() {
        run(() -> {
            String trap = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done";
            Subprocess shell = createSubprocessShell(trap, options -> options.withStdout(Redirect.PIPE));
            assertThat(shell.stdout().readLine()).isEqualTo("ready");
            shell.terminate();
            assertThat(shell.stdout().readLine()).isEqualTo("bye");
            assertThat(shell.waitFor()).isZero();
        });
    }

    @Test
    @PortOf("test_subprocess.send_signal")
    @PortOf("test_events.subprocess_send_signal")
    void aSignalThatNobodyCatchesEndsItWithTheSignalsStatus() {
        run(() -> {
            // Not HUP, as in asyncio's: who runs the tests may have it ignored, and a process inherits that.
            Subprocess sleeping = createSubprocessShell(
                    "echo sleeping; exec sleep 3600", options -> options.withStdout(Redirect.PIPE));
            assertThat(sleeping.stdout().readLine()).isEqualTo("sleeping");
            sleeping.sendSignal("SIGUSR1");
            assertThat(sleeping.waitFor()).isEqualTo(128 + 10);
        });
    }

    @Test
    void aSignalIsSentByName() {
        run(() -> {
            // Not HUP: nohup has it ignored, and a shell cannot trap a signal that it inherits as ignored.
            String trap = "trap 'echo caught; exit 3' USR1; echo sleeping; while :; do sleep 0.01; done";
            Subprocess shell = createSubprocessShell(trap, options -> options.withStdout(Redirect.PIPE));
            assertThat(shell.stdout().readLine()).isEqualTo("sleeping");
            shell.sendSignal("SIGUSR1");
            assertThat(shell.stdout().readLine()).isEqualTo("caught");
            assertThat(shell.waitFor()).isEqualTo(3);
        });
    }

    @Test
    void aSignalThatDoesNotExistIsRefused() {
        run(() -> {
            try (Subprocess blocked = createSubprocessExec(BLOCKED)) {
                assertThatThrownBy(() -> blocked.sendSignal("NOSUCH"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("no such signal: NOSUCH");
            }
        });
    }

    @Test
    @PortOf("test_subprocess.subprocess_send_signal_race")
    void aSignalThatMeetsTheEndDoesNoHarm() {
        run(() -> {
            for (int i = 0; i < 5; i++) {
                Subprocess brief = createSubprocessExec(List.of("true"));
                brief.sendSignal("USR1");
                assertThat(brief.waitFor()).isIn(0, 128 + 10);
            }
        });
    }

    @Test
    @PortOf("test_subprocess.cancel_process_wait")
    void cancellingAWaitForStopsNeitherProcessNorOtherWaits() {
        run(() -> {
            Subprocess blocked = createSubprocessExec(BLOCKED);
            Task<Integer> impatient = createTask(blocked::waitFor);
            Task<Integer> patient = createTask(blocked::waitFor);
            yieldNow();
            impatient.cancel();
            assertThatThrownBy(impatient::await).isInstanceOf(CancelledError.class);
            assertThat(blocked.returnCode()).isEmpty();
            blocked.kill();
            assertThat(patient.await()).isEqualTo(128 + 9);
        });
    }

    @Test
    @PortOf("test_subprocess.subprocess_concurrent_wait")
    void allThatWaitGetTheStatus() {
        run(() -> {
            Subprocess brief = createSubprocessShell("exit 5");
            Awaitable<Integer> wait = brief::waitFor;
            assertThat(gather(wait, wait, wait).await()).containsExactly(5, 5, 5);
            assertThat(brief.waitFor()).isEqualTo(5);
            assertThat(gather(Collections.nCopies(10, wait)).await())
                    .containsOnly(5)
                    .hasSize(10);
        });
    }

    /** Those that have {@code mark} among their arguments. */
    private static List<ProcessHandle> childrenWith(String mark) {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(mark))
                .toList();
    }

    @Test
    @PortOf("test_subprocess.cancel_make_subprocess_transport_exec")
    @PortOf("test_subprocess.cancel_post_init")
    void aProcessWhoseCreatorIsCancelledIsKilled(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        List<String> blocked = List.of("tail", "-f", file.toString());
        run(() -> {
            Subprocess wanted = createSubprocessExec(blocked);
            until(() -> childrenWith(file.toString()).size() == 1);
            wanted.kill();
            wanted.waitFor();
            until(() -> childrenWith(file.toString()).isEmpty());
        });
        for (int steps = 0; steps < 4; steps++) {
            int before = steps;
            run(() -> {
                Task<Subprocess> creator = createTask(() -> createSubprocessExec(blocked));
                for (int i = 0; i < before; i++) {
                    yieldNow();
                }
                creator.cancel();
                assertThatThrownBy(creator::await).isInstanceOf(CancelledError.class);
            });
            childrenWith(file.toString()).forEach(child -> awaitGone(child.pid()));
        }
    }

    @Test
    @PortOf("test_subprocess.cancel_post_init")
    void soIsOneThatRunsWhenItsCreatorIsCancelled(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        List<ProcessHandle> running = new ArrayList<>();
        run(() -> {
            Task<Subprocess> creator = createTask(() -> createSubprocessExec(List.of("tail", "-f", file.toString())));
            yieldNow();
            // The loop hears of it when this has ended, and so too late.
            while (running.isEmpty()) {
                running.addAll(childrenWith(file.toString()));
            }
            creator.cancel();
            assertThatThrownBy(creator::await).isInstanceOf(CancelledError.class);
        });
        try {
            assertThat(running.getFirst().onExit()).succeedsWithin(Duration.ofMinutes(1));
        } finally {
            running.getFirst().destroyForcibly();
        }
    }

    @Test
    @PortOf("test_subprocess.close_kill_running")
    void closeKillsWhatStillRuns() {
        run(() -> {
            Subprocess blocked = createSubprocessExec(BLOCKED, SubprocessOptions::withPipes);
            Task<@Nullable String> reader = dev.skein.loop.Asyncio.<@Nullable String>createTask(
                    () -> blocked.stdout().readLine());
            yieldNow();
            assertThat(blocked.returnCode()).isEmpty();
            blocked.close();
            assertThat(blocked.returnCode()).hasValue(128 + 9);
            assertThat(reader.await()).isNull();
            blocked.close();
        });
    }

    @Test
    @PortOf("test_events.subprocess_close_after_finish")
    void closeLeavesTheStatusOfWhatHasEnded() {
        run(() -> {
            Subprocess brief = createSubprocessShell("exit 7");
            assertThatThrownBy(brief::stdin).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(brief::stdout).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(brief::stderr).isInstanceOf(IllegalStateException.class);
            assertThat(brief.waitFor()).isEqualTo(7);
            brief.close();
            assertThat(brief.returnCode()).hasValue(7);
        });
    }

    @Test
    @PortOf("test_subprocess.close_dont_kill_finished")
    void closeKillsNothingThatHasEndedWithoutTheLoopHavingHeardOfIt() {
        run(() -> {
            Subprocess blocked = createSubprocessExec(BLOCKED);
            Task<Integer> heard = createTask(blocked::waitFor);
            yieldNow();
            // A callback, so that the loop hears nothing before the next round.
            Loop.current().callSoon(() -> {
                ProcessHandle.of(blocked.pid()).ifPresent(ProcessHandle::destroy);
                awaitGone(blocked.pid());
            });
            yieldNow();
            assertThat(heard.isDone()).isFalse();
            blocked.close();
            assertThat(blocked.returnCode()).hasValue(128 + 15);
        });
    }

    @Test
    void aForeignThreadMayNotEndIt() {
        run(() -> {
            try (Subprocess blocked = createSubprocessExec(BLOCKED)) {
                for (Runnable each : List.<Runnable>of(blocked::terminate, blocked::kill, blocked::close)) {
                    assertThatThrownBy(() -> toThread(() -> {
                                each.run();
                                return 1;
                            }))
                            .isInstanceOf(WrongThreadException.class);
                }
                assertThat(blocked.returnCode()).isEmpty();
            }
        });
    }

    @Test
    @PortOf("test_subprocess.subprocess_repr")
    void toStringSaysWhetherItRunsOrHowItEnded() {
        run(() -> {
            Subprocess blocked = createSubprocessExec(BLOCKED);
            assertThat(blocked).hasToString("Subprocess[pid=" + blocked.pid() + ", running]");
            blocked.kill();
            blocked.waitFor();
            assertThat(blocked).hasToString("Subprocess[pid=" + blocked.pid() + ", returnCode=137]");
        });
    }

    @Test
    @PortOf("test_subprocess.subprocess_read_pipe_cancelled")
    @PortOf("test_subprocess.subprocess_write_pipe_cancelled")
    @PortOf("test_subprocess.subprocess_read_write_pipe_cancelled")
    void ofAProcessWhoseCreatorIsCancelledNoPipeStaysOpen() {
        List<UnaryOperator<SubprocessOptions>> pipes = List.of(
                options -> options.withStderr(Redirect.PIPE),
                options -> options.withStdin(Redirect.PIPE),
                SubprocessOptions::withPipes);
        long before = Descriptors.pipes();
        for (UnaryOperator<SubprocessOptions> options : pipes) {
            run(() -> {
                while (!cancelledWhileItStarts(options)) {
                    // It had started before it was cancelled.
                }
            });
        }
        run(() -> until(() -> Descriptors.pipes() <= before));
    }

    private static boolean cancelledWhileItStarts(UnaryOperator<SubprocessOptions> options) {
        long before = Descriptors.pipes();
        Task<Subprocess> creator = createTask(() -> createSubprocessExec(BLOCKED, options));
        until(() -> creator.isDone() || Descriptors.pipes() > before);
        if (!creator.cancel()) {
            creator.await().close();
            return false;
        }
        assertThatThrownBy(creator::await).isInstanceOf(CancelledError.class);
        return true;
    }

    @Test
    void theEndOfTheLoopKillsWhatStillRuns() {
        long pid;
        try (Loop loop = newEventLoop()) {
            pid = loop.runUntilComplete(() ->
                    createSubprocessExec(BLOCKED, SubprocessOptions::withPipes).pid());
            assertThat(ProcessHandle.of(pid)).isPresent();
        }
        awaitGone(pid);
    }

    @Test
    void othersHaveTheirTurnsWhileAProcessRuns() {
        run(() -> {
            try (Subprocess blocked = createSubprocessExec(BLOCKED)) {
                Task<Integer> wait = createTask(blocked::waitFor);
                for (int i = 0; i < 100; i++) {
                    yieldNow();
                }
                assertThat(wait.isDone()).isFalse();
                wait.cancel();
            }
        });
    }
}
