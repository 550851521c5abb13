package io.dl4jext.stochastic;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Few classes know DL4J, and nothing is reached by reflection. */
@ArchTag("once")
@AnalyzeClasses(packages = "io.dl4jext.stochastic", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    /** ArchUnit's own option does not know the output folder of the beta7 profile. */
    static final class MainClassesOnly implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    @ArchTest
    static final ArchRule FEW_KNOW_DL4J = noClasses()
            .that()
            .haveNameNotMatching(
                    ".*\\.(StochasticBatchListener|GroupedParameters|GroupedBlock|TensorPlaces|ParameterKind)")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.deeplearning4j..");

    /** Addresses are for one class: it checks them, and keeps their arrays. */
    /** They may read operands that are freed already: see docs/memory.md. */
    @ArchTest
    static final ArchRule NO_ROW_AND_COLUMN_OPERATIONS = noClasses()
            .should()
            .callMethodWhere(target(nameMatching("(add|sub|rsub|mul|div|rdiv|put)i?(Row|Column)Vector")));

    @ArchTest
    static final ArchRule POINTERS_IN_ONE_PLACE = noClasses()
            .that()
            .doNotHaveSimpleName("HostMemory")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule NO_REFLECTION =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.reflect..");

    @ArchTest
    static final ArchRule ITS_OWN_PACKAGE_AND_SETTINGS_ONLY = noClasses()
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.dl4jext.batch..", "io.dl4jext.fisher..", "io.dl4jext.implicit..")
                            .and(not(simpleNameStartingWith("Settings"))));
}
