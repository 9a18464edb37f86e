package dev.skein.loop;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The floors of {@code dev.skein.loop}, as the map in its {@code package-info.java} draws them. */
@Execution(ExecutionMode.CONCURRENT)
class FloorsTest {
    private static final String HOME = "dev.skein.loop";
    private static final Path MAP = Path.of("src/main/java/dev/skein/loop/package-info.java");
    private static final Path DESIGN = Path.of("../docs/design.md");

    private static final Pattern FLOOR = Pattern.compile("(\\d) \\w+: .+");
    private static final Pattern TYPE = Pattern.compile(" {2}(\\w+) {1,}\\S.*");

    /** The lines of the map, without what makes them a comment. */
    private static List<String> map() throws IOException {
        List<String> lines = Files.readString(MAP)
                .lines()
                .filter(line -> line.startsWith(" *"))
                .map(line -> line.length() > 3 ? line.substring(3) : "")
                .toList();
        int first = lines.indexOf(
                lines.stream().filter(FLOOR.asMatchPredicate()).findFirst().orElseThrow());
        return lines.subList(first, lines.size() - 1);
    }

    /** The floor of each type, by its simple name. */
    private static Map<String, Integer> floors() throws IOException {
        Map<String, Integer> floors = new HashMap<>();
        int floor = 0;
        for (String line : map()) {
            Matcher heading = FLOOR.matcher(line);
            Matcher type = TYPE.matcher(line);
            if (heading.matches()) {
                floor = Integer.parseInt(heading.group(1));
            } else if (type.matches()) {
                assertThat(floors.put(type.group(1), floor))
                        .as(type.group(1) + " stands twice in the map")
                        .isNull();
            } else {
                assertThat(line).as("a line of the map").isEmpty();
            }
        }
        return floors;
    }

    private static JavaClasses main() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(HOME);
    }

    private static String topLevel(JavaClass type) {
        String name = type.getName().substring(type.getPackageName().length() + 1);
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    @Test
    void everyTypeHasItsFloor() throws IOException {
        assertThat(main().stream()
                        .filter(type -> type.getPackageName().equals(HOME))
                        .map(FloorsTest::topLevel)
                        .filter(name -> !name.equals("package-info"))
                        .collect(Collectors.toSet()))
                .isEqualTo(floors().keySet());
    }

    @Test
    void noTypeUsesOneOfAFloorAboveItsOwn() throws IOException {
        Map<String, Integer> floors = floors();
        classes()
                .that(describe(
                        "of the loop", (JavaClass type) -> type.getPackageName().equals(HOME)))
                .should(new ArchCondition<>("use their own floor and those below") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getDirectDependenciesFromSelf().stream()
                                .filter(arrow -> isUpward(arrow, floors))
                                .forEach(arrow ->
                                        events.add(SimpleConditionEvent.violated(type, arrow.getDescription())));
                    }
                })
                .check(main());
    }

    private static boolean isUpward(Dependency arrow, Map<String, Integer> floors) {
        JavaClass target = arrow.getTargetClass().getBaseComponentType();
        return target.getPackageName().equals(HOME)
                && Objects.requireNonNull(floors.get(topLevel(target)))
                        > Objects.requireNonNull(floors.get(topLevel(arrow.getOriginClass())));
    }

    @Test
    void theDesignPrintsTheSameMap() throws IOException {
        assertThat(Files.readString(DESIGN)).contains("```\n" + String.join("\n", map()) + "\n```");
    }
}
