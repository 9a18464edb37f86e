package dev.skein.demos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.skein.testsupport.ArchitectureRules.mainClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.skein.testsupport.ArchitectureRules;
import org.junit.jupiter.api.Test;

/** The arrows of {@code docs/design.md}, as far as they lie in this module. */
class ArchitectureTest {
    private static final JavaClasses MAIN = mainClasses("dev.skein.demos");

    @Test
    void packagesAreFreeOfCycles() {
        ArchitectureRules.packagesAreFreeOfCycles().check(MAIN);
    }

    @Test
    void demosDoNotKnowTheBenchmarks() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.perf..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void everyClassThatIsNotMadeToBeExtendedIsFinal() {
        ArchitectureRules.classesAreFinal().check(MAIN);
    }
}
