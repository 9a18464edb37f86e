package dev.skein.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.skein.testsupport.ArchitectureRules;
import dev.skein.testsupport.FloorMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The floors of {@code dev.skein.loop}, as the map in its {@code package-info.java} draws them. */
@Execution(ExecutionMode.CONCURRENT)
class FloorsTest {
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("dev.skein.loop");

    private final FloorMap map = new FloorMap("dev.skein.loop");

    @Test
    void everyTypeHasItsFloor() {
        assertThat(map.typesOf(MAIN)).isEqualTo(map.types());
    }

    @Test
    void noTypeUsesOneOfAFloorAboveItsOwn() {
        map.noTypeUsesOneOfAFloorAboveItsOwn().check(MAIN);
    }

    @Test
    void theDesignPrintsTheSameMap() throws IOException {
        assertThat(Files.readString(Path.of("../docs/design.md"))).contains("```\n" + map.text() + "\n```");
    }
}
