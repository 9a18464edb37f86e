package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.loop.testing.TestLoop;
import java.util.ConcurrentModificationException;
import org.junit.jupiter.api.Test;

/** The mistakes of docs/turns.md are mistakes, and their cures are cures. */
class TurnsTest {
    private final Turns turns = new Turns();

    @Test
    void aCompoundAssignmentAcrossASuspensionLosesAnUpdate() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() ->
                    gather(() -> turns.addWrong(5), () -> turns.addWrong(7)).await());
        }
        assertThat(turns.total).isEqualTo(17);
    }

    @Test
    void calledFirstAndAddedThenItKeepsBoth() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> gather(() -> turns.add(5), () -> turns.add(7)).await());
        }
        assertThat(turns.total).isEqualTo(22);
    }

    @Test
    void aCheckBeforeASuspensionIsOldAfterIt() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> gather(() -> turns.connectionWrong("a"), () -> turns.connectionWrong("a"))
                    .await());
        }
        assertThat(turns.connects).isEqualTo(2);
    }

    @Test
    void aTaskInTheMapIsMadeOnceAndSurvivesACallerThatIsCancelled() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                var first = createTask(() -> turns.connection("a"));
                var second = createTask(() -> turns.connection("a"));
                yieldNow();
                first.cancel();
                assertThat(second.await()).isEqualTo("connection to a");
            });
        }
        assertThat(turns.connects).isEqualTo(1);
    }

    @Test
    void aMemberThatLeavesWhileAllAreToldDisturbsOnlyTheSetItself() {
        Turns.Member leaves = new Turns.Member() {
            @Override
            public void send(String line) {
                turns.members.remove(this);
            }
        };
        turns.members.add(leaves);
        turns.members.add(line -> {});
        turns.members.add(line -> {});

        turns.tellAll("hello");

        assertThat(turns.members).hasSize(2);
        turns.members.clear();
        turns.members.add(leaves);
        turns.members.add(line -> {});
        assertThatThrownBy(() -> {
                    for (Turns.Member member : turns.members) {
                        member.send("hello");
                    }
                })
                .isInstanceOf(ConcurrentModificationException.class);
    }
}
