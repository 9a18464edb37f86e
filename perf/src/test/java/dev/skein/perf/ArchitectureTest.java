package dev.skein.perf;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.State;

/** The arrows of {@code docs/design.md}, as far as they lie in this module. */
class ArchitectureTest {
    /** Classes that users may extend: full names, each with its reason beside it. */
    private static final Set<String> MADE_TO_BE_EXTENDED = Set.of();

    private static final DescribedPredicate<JavaClass> ABSTRACT_WITHIN_ITS_PACKAGE = describe(
            "abstract and seen by their package alone",
            c -> c.getModifiers().contains(JavaModifier.ABSTRACT)
                    && !c.getModifiers().contains(JavaModifier.PUBLIC));

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.skein.perf");

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.skein.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(MAIN);
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
        classes()
                .that(not(ABSTRACT_WITHIN_ITS_PACKAGE))
                .and()
                .areNotInterfaces()
                .and()
                .areNotAnonymousClasses()
                .and()
                .areNotEnums()
                .and()
                .resideOutsideOfPackage("..jmh_generated..")
                .and()
                .areNotAnnotatedWith(State.class) // JMH extends them
                .and(not(describe("sealed", (JavaClass c) -> c.reflect().isSealed())))
                .and(not(describe("made to be extended", (JavaClass c) -> MADE_TO_BE_EXTENDED.contains(c.getName()))))
                .should()
                .haveModifier(JavaModifier.FINAL)
                .allowEmptyShould(true)
                .check(MAIN);
    }
}
