package io.dl4jext.batch.control;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Schedules and iterators do without controllers and without the listener, which is an optional dependency. */
@ArchTag("once")
@AnalyzeClasses(packages = "io.dl4jext.batch", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    /** Saves whatever it is given, these among it. */
    private static final String CHECKPOINTS = ".*\\.TrainingCheckpoints(\\$.*)?";

    /** ArchUnit's own option does not know the output folder of the beta7 profile. */
    static final class MainClassesOnly implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_CONTROLLERS = noClasses()
            .that()
            .resideOutsideOfPackage("io.dl4jext.batch.control..")
            .and()
            .haveNameNotMatching(CHECKPOINTS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.dl4jext.batch.control..");

    /** MeasuredParts asks whether the listener's module is there. */
    @ArchTest
    static final ArchRule ONLY_CONTROLLERS_AND_SEARCHES_NEED_THE_LISTENER = noClasses()
            .that()
            .resideOutsideOfPackages("io.dl4jext.batch.control..", "io.dl4jext.batch.arbiter..")
            .and()
            .doNotHaveSimpleName("MeasuredParts")
            .and()
            .haveNameNotMatching(CHECKPOINTS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.dl4jext.fisher..");

    /** And to Jackson, which ND4J brings along, for their settings. */
    @ArchTest
    static final ArchRule CONTROLLERS_MEET_DL4J_THROUGH_MEASUREMENTS = noClasses()
            .that()
            .resideInAPackage("io.dl4jext.batch.control..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.deeplearning4j..", "org.nd4j..", "java.lang.reflect..")
                    .and(not(resideInAPackage("org.nd4j.shade.."))));
}
