package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several failures as one exception, and how they are taken apart again. */
class ExceptionGroupTest {
    private final IOException io = new IOException("disk");
    private final FileNotFoundException missing = new FileNotFoundException("file");
    private final IllegalArgumentException argument = new IllegalArgumentException("argument");
    private final AssertionError error = new AssertionError("error");
    private final ExceptionGroup inner = new ExceptionGroup("inner", List.of(missing, argument));
    private final ExceptionGroup group = new ExceptionGroup("outer", List.of(io, inner, error));

    @Test
    void theMessageOfAGroupCountsItsMembers() {
        assertThat(group).hasMessage("outer (3 sub-exceptions)");
        assertThat(new ExceptionGroup("one", List.of(io))).hasMessage("one (1 sub-exception)");
    }

    @Test
    void membersAreCopiedAndAreSuppressedExceptionsToo() {
        List<Throwable> given = new ArrayList<>(List.of(io, argument));
        ExceptionGroup made = new ExceptionGroup("made", given);
        given.clear();

        assertThat(made.members()).containsExactly(io, argument);
        assertThat(made.getSuppressed()).containsExactly(io, argument);
        assertThatThrownBy(() -> made.members().add(error)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aPrintedStackTraceShowsThemAll() {
        StringWriter printed = new StringWriter();
        group.printStackTrace(new PrintWriter(printed, true));

        assertThat(printed.toString())
                .contains("outer (3 sub-exceptions)", "disk", "inner (2 sub-exceptions)", "file", "argument", "error");
    }

    @Test
    void aSubgroupByTypeKeepsTheGroupsAroundWhatIsLeft() {
        ExceptionGroup found = group.subgroup(IOException.class).orElseThrow();

        assertThat(found).hasMessage("outer (2 sub-exceptions)");
        assertThat(found.members().getFirst()).isSameAs(io);
        assertThat(found.members().getLast())
                .isInstanceOfSatisfying(
                        ExceptionGroup.class, left -> assertThat(left.members()).containsExactly(missing));
    }

    @Test
    void aGroupIsNotFoundForItsOwnTypeAlone() {
        ExceptionGroup found = group.subgroup(RuntimeException.class).orElseThrow();

        assertThat(found.members())
                .singleElement()
                .isInstanceOfSatisfying(
                        ExceptionGroup.class, left -> assertThat(left.members()).containsExactly(argument));
    }

    @Test
    void aSubgroupOfNobodyIsNone() {
        assertThat(group.subgroup(InterruptedException.class)).isEmpty();
        assertThat(group.subgroup(member -> false)).isEmpty();
    }

    @Test
    void aSubgroupOfAllIsTheGroupItself() {
        assertThat(group.subgroup(member -> true)).containsSame(group);
        assertThat(group.split(Throwable.class).matching()).containsSame(group);
        assertThat(group.split(Throwable.class).rest()).isEmpty();
    }

    @Test
    void aSplitGivesEachMemberToOneSide() {
        ExceptionGroup.Split parts = group.split(member -> member == argument);

        assertThat(leaves(parts.matching().orElseThrow())).containsExactly(argument);
        assertThat(leaves(parts.rest().orElseThrow())).containsExactly(io, missing, error);
        assertThat(parts.rest().orElseThrow()).hasMessage("outer (3 sub-exceptions)");
    }

    private static List<Throwable> leaves(ExceptionGroup of) {
        List<Throwable> leaves = new ArrayList<>();
        for (Throwable member : of.members()) {
            if (member instanceof ExceptionGroup nested) {
                leaves.addAll(leaves(nested));
            } else {
                leaves.add(member);
            }
        }
        return leaves;
    }

    @Test
    void aPartWasThrownWhereTheGroupWasForTheSameReason() {
        group.initCause(new IllegalStateException("reason"));
        ExceptionGroup part = group.subgroup(Error.class).orElseThrow();

        assertThat(part.getStackTrace()).isEqualTo(group.getStackTrace());
        assertThat(part).hasCause(group.getCause());
    }

    @Test
    @SuppressWarnings("NullAway") // the mistakes themselves
    void withoutMembersOrWithNullItIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ExceptionGroup("nothing", List.of()))
                .withMessage("an ExceptionGroup needs at least one member: nothing");
        assertThatNullPointerException()
                .isThrownBy(() -> new ExceptionGroup(null, List.of(io)))
                .withMessage("message");
        assertThatNullPointerException().isThrownBy(() -> new ExceptionGroup("null", null));
        assertThatNullPointerException().isThrownBy(() -> new ExceptionGroup("null", Arrays.asList(io, null)));
    }
}
