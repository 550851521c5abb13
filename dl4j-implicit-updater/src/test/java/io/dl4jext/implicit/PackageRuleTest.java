package io.dl4jext.implicit;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrow goes one way: activation → prox → layers and updaters; prox has the host memory of {@code elementwise}. */
@ArchTag("once")
@AnalyzeClasses(packages = "io.dl4jext", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    /** ArchUnit's own option does not know the output folder of the beta7 profile. */
    static final class MainClassesOnly implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    private static final String ROOT = "io.dl4jext.implicit";
    private static final String PROX = ROOT + ".internal.prox..";
    private static final String ACTIVATION = ROOT + ".activation..";
    private static final String JSON = "io.dl4jext.updater.internal.json..";
    private static final String ELEMENTWISE = "io.dl4jext.updater.internal.elementwise..";

    @ArchTest
    static final ArchRule ACTIVATION_KNOWS_JSON_ONLY = only(ACTIVATION, ACTIVATION, JSON);

    @ArchTest
    static final ArchRule PROX_KNOWS_ACTIVATION = only(PROX, PROX, ACTIVATION, ELEMENTWISE);

    @ArchTest
    static final ArchRule PROX_SHARES_HOST_MEMORY_ONLY = noClasses()
            .that()
            .resideInAnyPackage(PROX)
            .should()
            .dependOnClassesThat(resideInAnyPackage(ELEMENTWISE)
                    .and(DescribedPredicate.not(JavaClass.Predicates.simpleNameStartingWith("HostMemory"))));

    /** They may read operands that are freed already: see docs/memory.md. */
    @ArchTest
    static final ArchRule NO_ROW_AND_COLUMN_OPERATIONS = noClasses()
            .should()
            .callMethodWhere(target(nameMatching("(add|sub|rsub|mul|div|rdiv|put)i?(Row|Column)Vector")));

    /**
     * Addresses are for one class: it checks them, and keeps their arrays. (The Fisher listener has a rule of its own.)
     */
    @ArchTest
    static final ArchRule POINTERS_IN_ONE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackage("io.dl4jext.fisher..")
            .and()
            .doNotHaveSimpleName("HostMemory")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule ARRAYS_ALONE = noClasses()
            .that()
            .resideInAnyPackage(PROX, ACTIVATION)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.deeplearning4j..", "java.lang.reflect..");

    /** The measuring module is optional: only the class that its service loader asks for may need it. */
    @ArchTest
    static final ArchRule MEASURING_IS_OPTIONAL = noClasses()
            .that()
            .resideOutsideOfPackages("io.dl4jext.fisher..", "io.dl4jext.implicit.arbiter..")
            .and()
            .doNotHaveFullyQualifiedName(ImplicitOuterProducts.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.dl4jext.fisher..");

    private static ArchRule only(String from, String... to) {
        DescribedPredicate<JavaClass> ours = resideInAnyPackage("io.dl4jext..");
        return classes()
                .that()
                .resideInAnyPackage(from)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(to).or(DescribedPredicate.not(ours)));
    }
}
