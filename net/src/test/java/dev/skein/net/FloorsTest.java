package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.skein.testsupport.ArchitectureRules;
import dev.skein.testsupport.FloorMap;
import org.junit.jupiter.api.Test;

/** The floors of {@code dev.skein.net}, as the map in its {@code package-info.java} draws them. */
class FloorsTest {
    private static final JavaClasses MAIN = ArchitectureRules.mainClasses("dev.skein.net");

    private final FloorMap map = new FloorMap("dev.skein.net");

    @Test
    void everyTypeHasItsFloor() {
        assertThat(map.typesOf(MAIN)).isEqualTo(map.types());
    }

    @Test
    void noTypeUsesOneOfAFloorAboveItsOwn() {
        map.noTypeUsesOneOfAFloorAboveItsOwn().check(MAIN);
    }
}
