package dev.skein.perf;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.skein.testsupport.ArchitectureRules.mainClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import dev.skein.testsupport.ArchitectureRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.State;

/** The arrows of {@code docs/design.md}, as far as they lie in this module. */
class ArchitectureTest {
    /**
     * The rooms of this module and their floors: a room uses only rooms on lower floors. The same table is in the
     * {@code package-info} of {@code dev.skein.perf} and in {@code docs/performance.md}.
     */
    private static final Map<String, Integer> FLOORS = Map.of(
            "",
            6,
            "cli",
            5,
            "scenario",
            4,
            "peer",
            3,
            "load",
            2,
            "jmh",
            2,
            "process",
            1,
            "server",
            1,
            "micro",
            1,
            "report",
            1);

    private static final String PERF = "dev.skein.perf";

    /** Of such a table, in a comment or not: the floor, the room. */
    private static final Pattern ROW = Pattern.compile("(?: \\*)? *([1-6])  ([a-z(]+\\)?) .*");

    private static final DescribedPredicate<JavaClass> EXTENDED_BY_JMH =
            describe("extended by JMH", c -> !isWritten(c) || c.isAnnotatedWith(State.class));

    private static final JavaClasses MAIN = mainClasses(PERF);

    @Test
    void aRoomUsesOnlyRoomsOnLowerFloors() {
        Set<String> upward = new TreeSet<>();
        for (JavaClass user : MAIN) {
            if (isWritten(user)) {
                user.getDirectDependenciesFromSelf().stream()
                        .filter(arrow -> isUpward(user, arrow.getTargetClass()))
                        .forEach(arrow -> upward.add(arrow.getDescription()));
            }
        }

        assertThat(upward).isEmpty();
    }

    /** And not the work of JMH's annotation processor. */
    private static boolean isWritten(JavaClass type) {
        return !type.getPackageName().endsWith(".jmh_generated");
    }

    private static boolean isUpward(JavaClass user, JavaClass used) {
        return used.getPackageName().startsWith(PERF)
                && !used.getPackageName().equals(user.getPackageName())
                && floor(used) >= floor(user);
    }

    private static int floor(JavaClass type) {
        String room = room(type);
        return Objects.requireNonNull(FLOORS.get(room), () -> "no floor for the room '" + room + "'");
    }

    private static String room(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(PERF) ? "" : name.substring(PERF.length() + 1);
    }

    @Test
    void eachRoomHasItsFloor() {
        assertThat(MAIN.stream().filter(ArchitectureTest::isWritten).map(ArchitectureTest::room))
                .as("rooms")
                .containsOnly(FLOORS.keySet().toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/main/java/dev/skein/perf/package-info.java", "../docs/performance.md"})
    void theTablesThatPeopleReadAreThatOfTheRule(Path file) throws IOException {
        Map<String, Integer> read = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                read.put(row.group(2).replace("(entry)", ""), Integer.valueOf(row.group(1)));
            }
        }

        assertThat(read).isEqualTo(FLOORS);
    }

    @Test
    void packagesAreFreeOfCycles() {
        ArchitectureRules.packagesAreFreeOfCycles().check(MAIN);
    }

    @Test
    void benchmarksDoNotKnowTheDemos() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.demos..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void everyClassThatIsNotMadeToBeExtendedIsFinal() {
        ArchitectureRules.classesAreFinalBut(EXTENDED_BY_JMH).check(MAIN);
    }
}
