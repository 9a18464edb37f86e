package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.skein.loop.Task;
import dev.skein.loop.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.stubbing.Answer;
import org.mockito.stubbing.OngoingStubbing;

/** Files that no file system has on demand: which give less than they were asked for, or nothing, or fail in the middle. */
class FileSenderTest {
    private static final int END = -1;

    private final Loopback loopback = new Loopback(Transport.preferred());
    private final FileChannel file = mock(FileChannel.class);

    @BeforeEach
    void openFile() {
        when(file.isOpen()).thenReturn(true);
    }

    /** Gives {@code count} bytes, all of them the digit that the position ends in; so many fit in. */
    private static Answer<Integer> bytes(int count) {
        return call -> {
            ByteBuffer into = call.getArgument(0);
            long position = call.getArgument(1);
            for (int i = 0; i < count; i++) {
                into.put((byte) ('0' + (position + i) % 10));
            }
            return count;
        };
    }

    /** The first read is one byte, to see whether the file can be read at all. */
    private OngoingStubbing<Integer> whenRead() throws IOException {
        return when(file.read(any(ByteBuffer.class), anyLong())).thenAnswer(bytes(1));
    }

    private void verifyReadsAt(Long... positions) throws IOException {
        ArgumentCaptor<Long> read = ArgumentCaptor.forClass(Long.class);
        verify(file, atLeastOnce()).read(any(ByteBuffer.class), read.capture());
        assertThat(read.getAllValues()).containsExactly(positions);
    }

    /** Sends {@code count} bytes from 2 on, {@code sent} of which are there, and something after it. */
    private void arrives(long count, String sent) {
        loopback.talk((client, peer) -> {
            Task<byte[]> received = createTask(() -> peer.reader().readAll());
            assertThat(client.writer().sendFile(file, 2, count)).isEqualTo(sent.length());
            client.writer().write(" goes on");
            client.close();
            assertThat(received.await()).asString(US_ASCII).isEqualTo(sent + " goes on");
        });
    }

    @Test
    void aFileReadInPiecesIsSentAndReadOnFromThere() throws IOException {
        whenRead().thenAnswer(bytes(3)).thenAnswer(bytes(1)).thenAnswer(bytes(4));

        arrives(8, "23456789");

        verifyReadsAt(2L, 2L, 5L, 6L);
        verify(file).position(10);
    }

    @Test
    void aReadOfNothingIsTheEndAndIsNotTriedForEver() throws IOException {
        whenRead().thenAnswer(bytes(3)).thenReturn(0);

        arrives(8, "234");

        verifyReadsAt(2L, 2L, 5L);
        verify(file).position(5);
    }

    @Test
    void aFileThatShrinksMeanwhileEndsEarlyAndSaysSoByTheCount() throws IOException {
        when(file.size()).thenReturn(100L);
        whenRead().thenAnswer(bytes(3)).thenReturn(END);

        arrives(Long.MAX_VALUE, "234");

        verifyReadsAt(2L, 2L, 5L);
        verify(file).position(5);
    }

    @Test
    void aReadThatFailsInTheMiddleFailsTheCallAndLeavesTheConnection() throws IOException {
        whenRead().thenAnswer(bytes(3)).thenThrow(new IOException("Input/output error"));

        loopback.talk((client, peer) -> {
            Task<byte[]> received = createTask(() -> peer.reader().readAll());
            assertThatThrownBy(() -> client.writer().sendFile(file, 2, 8))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Input/output error");
            client.writer().write(" goes on");
            client.close();
            assertThat(received.await()).asString(US_ASCII).isEqualTo("234 goes on");
        });

        verify(file).position(5);
    }

    @Test
    void aFileThatCannotBeReadAtAllFailsBeforeAnythingIsSent() throws IOException {
        when(file.read(any(ByteBuffer.class), anyLong())).thenThrow(new IOException("Is a directory"));

        loopback.talk((client, peer) -> {
            assertThatThrownBy(() -> client.writer().sendFile(file, 2, 8))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Is a directory");
            client.close();
            assertThat(peer.reader().readAll()).isEmpty();
        });

        verifyReadsAt(2L);
        verify(file).position(2);
    }

    /** Its position would fail, too, and hide why. */
    @Test
    void aFileThatIsClosedMeanwhileIsNotPositioned() throws IOException {
        when(file.isOpen()).thenReturn(false);
        whenRead().thenAnswer(bytes(3)).thenThrow(new ClosedChannelException());

        loopback.talk((client, peer) -> {
            Task<byte[]> received = createTask(() -> peer.reader().readAll());
            assertThatThrownBy(() -> client.writer().sendFile(file, 2, 8)).isInstanceOf(ClosedChannelException.class);
            client.close();
            assertThat(received.await()).asString(US_ASCII).isEqualTo("234");
        });

        verify(file, never()).position(anyLong());
    }
}
