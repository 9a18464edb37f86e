package dev.skein.testsupport;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The floor of each type of a flat package, as a comment in its {@code package-info.java} draws them. */
public final class FloorMap {
    private static final Pattern FLOOR = Pattern.compile("(\\d) \\w.*");
    private static final Pattern TYPE = Pattern.compile(" {2}(\\w+) +\\S.*");

    private final String home;
    private final List<String> lines;
    private final Map<String, Integer> floors = new HashMap<>();

    /** Reads the map of the package {@code home}. */
    public FloorMap(String home) {
        this.home = home;
        this.lines = read(Path.of("src/main/java", home.replace('.', '/'), "package-info.java"));
        int floor = 0;
        for (String line : lines) {
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
    }

    private static List<String> read(Path file) {
        try {
            List<String> lines = Files.readString(file)
                    .lines()
                    .filter(line -> line.startsWith(" *"))
                    .map(line -> line.length() > 3 ? line.substring(3) : "")
                    .toList();
            int first = lines.indexOf(
                    lines.stream().filter(FLOOR.asMatchPredicate()).findFirst().orElseThrow());
            return lines.subList(first, lines.size() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The map as it is drawn, without what makes it a comment. */
    public String text() {
        return String.join("\n", lines);
    }

    /** The types that stand in it, by their simple names. */
    public Set<String> types() {
        return Set.copyOf(floors.keySet());
    }

    /** The types of the package among {@code all}, by the names of their files. */
    public Set<String> typesOf(JavaClasses all) {
        return all.stream()
                .filter(this::isAtHome)
                .map(this::file)
                .filter(name -> !name.equals("package-info"))
                .collect(Collectors.toSet());
    }

    /** A type of the package uses those of its own floor and of the floors below. */
    public ArchRule noTypeUsesOneOfAFloorAboveItsOwn() {
        return classes()
                .that()
                .resideInAPackage(home)
                .should(new ArchCondition<>("use their own floor and those below") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getDirectDependenciesFromSelf().stream()
                                .filter(FloorMap.this::isUpward)
                                .forEach(arrow -> events.add(violated(type, arrow.getDescription())));
                    }
                });
    }

    private boolean isUpward(Dependency arrow) {
        JavaClass target = arrow.getTargetClass().getBaseComponentType();
        return isAtHome(target) && floor(target) > floor(arrow.getOriginClass());
    }

    private int floor(JavaClass type) {
        return Objects.requireNonNull(floors.get(file(type)), () -> file(type) + " has no floor");
    }

    private boolean isAtHome(JavaClass type) {
        return type.getPackageName().equals(home);
    }

    private String file(JavaClass type) {
        return type.getName().substring(home.length() + 1).replaceFirst("\\$.*", "");
    }
}
