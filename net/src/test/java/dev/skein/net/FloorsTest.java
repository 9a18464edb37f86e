package dev.skein.net;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The floors of this package: a type uses its own floor and those below. The table is the one that package-info prints. */
class FloorsTest {
    private static final String PACKAGE = "dev.skein.net";

    private static final Path MAP = Path.of("src/main/java/dev/skein/net/package-info.java");

    /** {@code " * 3 serving"}, or {@code " *   Server   listens"}. */
    private static final Pattern LINE = Pattern.compile(" \\* (?:([1-9]) .+|  ([A-Z]\\w+) +\\S.*)");

    /** Arrows that run upward all the same, as {@code "Lower -> Upper"}, each with its reason beside it: at most two. */
    private static final Set<String> ALLOWED = Set.of();

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(PACKAGE);

    private static final Map<String, Integer> FLOORS = floors();

    private static Map<String, Integer> floors() {
        Map<String, Integer> floors = new TreeMap<>();
        int floor = 0;
        try {
            for (String line : Files.readAllLines(MAP)) {
                Matcher match = LINE.matcher(line);
                if (!match.matches()) {
                    continue;
                }
                if (match.group(1) != null) {
                    floor = Integer.parseInt(match.group(1));
                } else {
                    assertThat(floors.put(match.group(2), floor))
                            .as(match.group(2) + " is there twice")
                            .isNull();
                }
            }
        } catch (IOException notThere) {
            throw new UncheckedIOException(notThere);
        }
        return floors;
    }

    private static boolean isOfThePackage(JavaClass type) {
        return type.getPackageName().equals(PACKAGE);
    }

    private static JavaClass target(Dependency use) {
        return use.getTargetClass().getBaseComponentType();
    }

    /** The name of its file. */
    private static String file(JavaClass type) {
        String name = type.getName().substring(PACKAGE.length() + 1);
        return name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    }

    @Test
    void eachTypeStandsOnAFloor() {
        Set<String> types = MAIN.stream()
                .filter(FloorsTest::isOfThePackage)
                .map(FloorsTest::file)
                .filter(name -> !name.equals("package-info"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(FLOORS.keySet()).isEqualTo(types);
    }

    @Test
    void noTypeUsesOneOfAFloorAbove() {
        assertThat(ALLOWED).hasSizeLessThanOrEqualTo(2);
        classes()
                .that()
                .resideInAPackage(PACKAGE)
                .should(useTheirOwnFloorAndThoseBelow())
                .check(MAIN);
    }

    private static ArchCondition<JavaClass> useTheirOwnFloorAndThoseBelow() {
        return new ArchCondition<>("use types of their own floor and of those below") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                user.getDirectDependenciesFromSelf().stream()
                        .filter(use -> isOfThePackage(target(use)))
                        .filter(use -> isUpward(file(user), file(target(use))))
                        .forEach(use -> events.add(violated(user, use.getDescription())));
            }
        };
    }

    private static boolean isUpward(String user, String used) {
        return FLOORS.getOrDefault(user, 0) < FLOORS.getOrDefault(used, 0) && !ALLOWED.contains(user + " -> " + used);
    }
}
