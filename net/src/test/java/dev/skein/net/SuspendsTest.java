package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.skein.testsupport.SuspensionWalk;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Which methods of this module may suspend their caller, and whether {@code @Suspends} says so. */
@Execution(ExecutionMode.CONCURRENT)
class SuspendsTest {
    private final SuspensionWalk walk = new SuspensionWalk(new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.skein.loop", "dev.skein.net"));

    @Test
    void eachPublicMethodThatMaySuspendIsMarkedAndNoOther() {
        assertThat(ofThisModule(walk.marked())).isEqualTo(ofThisModule(walk.publicOnes()));
        assertThat(ofThisModule(walk.marked())).contains("dev.skein.net.StreamReader.readLine()");
    }

    private static Set<String> ofThisModule(Set<String> methods) {
        return methods.stream()
                .filter(name -> name.startsWith("dev.skein.net."))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
