package dev.skein.loop.tools;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.when;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.mockito.MockedStatic;

/** What the command says of a process that it cannot look into: the JDK's attach fails here as it is told to. */
class TargetTest {
    private Process process;
    private String pid;

    /** The owner of a process is looked up, so there must be one. */
    @BeforeEach
    void startProcess() throws IOException {
        process = new ProcessBuilder("sleep", "600").start();
        pid = Long.toString(process.pid());
    }

    @AfterEach
    void endProcess() {
        process.destroyForcibly();
    }

    private void listProcess(MockedStatic<VirtualMachine> jdk) {
        VirtualMachineDescriptor listed = mock(VirtualMachineDescriptor.class);
        when(listed.id()).thenReturn(pid);
        jdk.when(VirtualMachine::list).thenReturn(List.of(listed));
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> new Target(process.pid()).snapshot())
                .isInstanceOf(Target.Refused.class)
                .hasMessage("cannot attach to process " + pid
                        + ": does it belong to another user, or run with -XX:+DisableAttachMechanism? " + why);
    }

    @Test
    void aJvmThatTakesNoAttachIsNamedWithTheReason() {
        try (MockedStatic<VirtualMachine> jdk = mockStatic(VirtualMachine.class)) {
            listProcess(jdk);
            jdk.when(() -> VirtualMachine.attach(pid)).thenThrow(new AttachNotSupportedException("no such socket"));

            assertRefused("no such socket");
        }
    }

    @Test
    void aConnectionThatFailsIsNamedWithTheReason() {
        try (MockedStatic<VirtualMachine> jdk = mockStatic(VirtualMachine.class)) {
            listProcess(jdk);
            jdk.when(() -> VirtualMachine.attach(pid)).thenThrow(new IOException("Permission denied"));

            assertRefused("Permission denied");
        }
    }

    @Test
    void aJvmWhoseAgentDoesNotStartIsLetGo() throws Exception {
        VirtualMachine jvm = mock(VirtualMachine.class);
        when(jvm.startLocalManagementAgent()).thenThrow(new IOException("no agent"));
        try (MockedStatic<VirtualMachine> jdk = mockStatic(VirtualMachine.class)) {
            listProcess(jdk);
            jdk.when(() -> VirtualMachine.attach(pid)).thenReturn(jvm);

            assertRefused("no agent");
        }
        InOrder order = inOrder(jvm);
        order.verify(jvm).startLocalManagementAgent();
        order.verify(jvm).detach();
        order.verifyNoMoreInteractions();
    }

    /** To ask is to send it a signal, which ends many other programs. */
    @Test
    void aProcessThatIsNoJvmIsNeverAttachedTo() {
        try (MockedStatic<VirtualMachine> jdk = mockStatic(VirtualMachine.class)) {
            assertThatThrownBy(() -> new Target(process.pid()).snapshot())
                    .isInstanceOf(Target.Refused.class)
                    .hasMessage("process " + pid + " is not a JVM");

            jdk.verify(VirtualMachine::list);
            jdk.verifyNoMoreInteractions();
        }
    }
}
