package dev.skein.testsupport;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysFalse;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

/** The rules that hold in each module, whatever its arrows are. */
public final class ArchitectureRules {
    private static final DescribedPredicate<JavaClass> ABSTRACT_WITHIN_ITS_PACKAGE = describe(
            "abstract and seen by their package alone",
            c -> c.getModifiers().contains(JavaModifier.ABSTRACT)
                    && !c.getModifiers().contains(JavaModifier.PUBLIC));

    private ArchitectureRules() {}

    /** The classes of {@code name} and of the packages in it, without tests. */
    public static JavaClasses mainClasses(String name) {
        // Names are enough for what the JDK and Netty have: their classes are not read.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(name);
    }

    /** No package uses one that uses it. */
    public static ArchRule packagesAreFreeOfCycles() {
        return slices().matching("dev.skein.(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Nothing can be extended that is seen outside its package. */
    public static ArchRule classesAreFinal() {
        return classesAreFinalBut(alwaysFalse());
    }

    /** As {@link #classesAreFinal}, but for those that are made to be extended. */
    public static ArchRule classesAreFinalBut(DescribedPredicate<? super JavaClass> madeToBeExtended) {
        return classes()
                .that(not(ABSTRACT_WITHIN_ITS_PACKAGE))
                .and()
                .areNotInterfaces()
                .and()
                .areNotAnonymousClasses()
                .and()
                .areNotEnums()
                .and(not(describe("sealed", (JavaClass c) -> c.reflect().isSealed())))
                .and(not(madeToBeExtended))
                .should()
                .haveModifier(JavaModifier.FINAL)
                .allowEmptyShould(true);
    }
}
