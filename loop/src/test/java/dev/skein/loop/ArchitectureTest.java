package dev.skein.loop;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.skein.testsupport.ArchitectureRules.mainClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import dev.skein.testsupport.ArchitectureRules;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The arrows of {@code docs/design.md}, as far as they lie in this module. */
@Execution(ExecutionMode.CONCURRENT)
class ArchitectureTest {
    private static final Set<String> SUSPENDING_METHODS = Set.of("yield", "ofVirtual", "startVirtualThread");

    private static final JavaClasses MAIN = mainClasses("dev.skein.loop");

    @Test
    void packagesAreFreeOfCycles() {
        ArchitectureRules.packagesAreFreeOfCycles().check(MAIN);
    }

    @Test
    void theLoopNeedsTheJdkAndNettyAndNothingElse() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.skein.loop..",
                        "java..",
                        "javax.management..",
                        "com.sun.tools.attach..",
                        "jdk.jfr..",
                        "sun.misc..",
                        "net.bytebuddy.agent..",
                        "io.netty..",
                        "org.jspecify..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void syncUsesOnlyPublicNamesOfTheLoop() {
        noClasses()
                .that()
                .resideInAPackage("dev.skein.loop.sync..")
                .should()
                .accessTargetWhere(describe("it is a non-public member of the loop", ArchitectureTest::isInsideTheLoop))
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void mainCodeDoesNotUseTheTestKit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.skein.loop.testing..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.skein.loop.testing..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void theCommandKnowsNothingOfTheLoop() {
        noClasses()
                .that()
                .resideInAPackage("dev.skein.loop.tools..")
                .should()
                .dependOnClassesThat(describe(
                        "of the loop or of Netty",
                        (JavaClass c) -> c.getPackageName().startsWith("io.netty")
                                || (c.getPackageName().startsWith("dev.skein")
                                        && !c.getPackageName().equals("dev.skein.loop.tools"))))
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void everyClassThatIsNotMadeToBeExtendedIsFinal() {
        ArchitectureRules.classesAreFinal().check(MAIN);
    }

    @Test
    void onlyCoroutinesAndTheirCarrierKnowHowTheySuspend() {
        noClasses()
                .that(not(COROUTINES_AND_CARRIER))
                .should()
                .accessTargetWhere(describe("it suspends or makes a virtual thread", ArchitectureTest::suspends))
                .allowEmptyShould(true)
                .check(MAIN);
    }

    private static final Set<String> CARRIER = Set.of("LoopCarrier", "VirtualThreads");

    private static final DescribedPredicate<JavaClass> COROUTINES_AND_CARRIER = describe("coroutines or carrier", c -> {
        String name = outermost(c).getSimpleName();
        return name.startsWith("Coroutine") || name.endsWith("Coroutine") || CARRIER.contains(name);
    });

    private static JavaClass outermost(JavaClass c) {
        return c.getEnclosingClass().map(ArchitectureTest::outermost).orElse(c);
    }

    private static boolean suspends(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        return target.getOwner().isEquivalentTo(LockSupport.class)
                || (target.getOwner().isAssignableTo(Thread.class) && SUSPENDING_METHODS.contains(target.getName()));
    }

    private static boolean isInsideTheLoop(JavaAccess<?> access) {
        return access.getTarget()
                .resolveMember()
                .filter(m -> m.getOwner().getPackageName().equals("dev.skein.loop"))
                .filter(m -> !m.getModifiers().contains(JavaModifier.PUBLIC))
                .isPresent();
    }
}
