package dev.skein.net;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.skein.testsupport.ArchitectureRules.mainClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.skein.testsupport.ArchitectureRules;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The arrows of {@code docs/design.md}, as far as they lie in this module. */
class ArchitectureTest {
    private static final JavaClasses MAIN = mainClasses("dev.skein.net");

    @Test
    void packagesAreFreeOfCycles() {
        ArchitectureRules.packagesAreFreeOfCycles().check(MAIN);
    }

    @Test
    void streamsNeedTheLoopAndNettyAndNothingElse() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.skein.net..", "dev.skein.loop..", "java..", "javax.net..", "io.netty..", "org.jspecify..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void streamsSuspendThroughTheLoopOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(LockSupport.class)
                .orShould()
                .callMethod(Thread.class, "yield")
                .orShould()
                .callMethod(Thread.class, "ofVirtual")
                .orShould()
                .callMethod(Thread.class, "startVirtualThread", Runnable.class)
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void mainCodeDoesNotUseTheTestKit() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.loop.testing..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void everyClassThatIsNotMadeToBeExtendedIsFinal() {
        ArchitectureRules.classesAreFinal().check(MAIN);
    }
}
