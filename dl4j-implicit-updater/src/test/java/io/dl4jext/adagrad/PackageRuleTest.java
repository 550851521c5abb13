package io.dl4jext.adagrad;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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

/**
 * json → elementwise → adagrad, Entropy-SGD, accelerated SGD; schedule and dropout stand alone. DL4J's updater blocks
 * are known in one place.
 */
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

    private static final String ADAGRAD = "io.dl4jext.adagrad..";
    private static final String ACCELERATED_SGD = "io.dl4jext.acceleratedsgd..";
    private static final String DROPOUT = "io.dl4jext.dropout..";
    private static final String ENTROPY_SGD = "io.dl4jext.entropysgd..";
    private static final String ELEMENTWISE = "io.dl4jext.updater.internal.elementwise..";
    private static final String GRADIENT_CHECK = "io.dl4jext.gradientcheck..";
    private static final String JSON = "io.dl4jext.updater.internal.json..";
    private static final String NETWORK = "io.dl4jext.updater.internal.network..";
    private static final String SCHEDULE = "io.dl4jext.schedule..";

    @ArchTest
    static final ArchRule JSON_KNOWS_ITSELF_ONLY = only(JSON);

    @ArchTest
    static final ArchRule ELEMENTWISE_KNOWS_JSON_ONLY = only(ELEMENTWISE, ELEMENTWISE, JSON);

    @ArchTest
    static final ArchRule ADAGRAD_STANDS_ON_ELEMENTWISE = only(ADAGRAD, ADAGRAD, ELEMENTWISE, JSON, NETWORK);

    @ArchTest
    static final ArchRule ENTROPY_SGD_STANDS_ON_ELEMENTWISE = only(ENTROPY_SGD, ENTROPY_SGD, ELEMENTWISE, JSON);

    @ArchTest
    static final ArchRule ACCELERATED_SGD_STANDS_ON_ELEMENTWISE =
            only(ACCELERATED_SGD, ACCELERATED_SGD, ELEMENTWISE, JSON);

    @ArchTest
    static final ArchRule DROPOUT_KNOWS_JSON_AND_NETWORKS = only(DROPOUT, DROPOUT, JSON, NETWORK);

    @ArchTest
    static final ArchRule GRADIENT_CHECK_KNOWS_NETWORKS_ONLY = only(GRADIENT_CHECK, GRADIENT_CHECK, NETWORK);

    @ArchTest
    static final ArchRule NETWORK_KNOWS_ITSELF_ONLY = only(NETWORK);

    /** Nobody else asks which of DL4J's networks it is. Conversions and the exact step have a method for each. */
    @ArchTest
    static final ArchRule NETWORKS_ARE_TOLD_APART_IN_ONE_PLACE = noClasses()
            .that()
            .resideInAnyPackage(
                    ADAGRAD,
                    ENTROPY_SGD,
                    ACCELERATED_SGD,
                    DROPOUT,
                    ELEMENTWISE,
                    GRADIENT_CHECK,
                    "io.dl4jext.implicit..",
                    SCHEDULE)
            .and()
            .haveNameNotMatching(".*\\.(ImplicitBackprop|ExactImplicitSgd)")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.multilayer.MultiLayerNetwork")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.graph.ComputationGraph");

    @ArchTest
    static final ArchRule SCHEDULE_KNOWS_JSON_ONLY = only(SCHEDULE, SCHEDULE, JSON);

    @ArchTest
    static final ArchRule BLOCKS_IN_ONE_PLACE = noClasses()
            .that()
            .resideInAnyPackage(ADAGRAD)
            .and()
            .doNotHaveSimpleName("BoundBlock")
            .and()
            .doNotHaveSimpleName("BoundParameters")
            .should()
            .dependOnClassesThat()
            .haveSimpleNameStartingWith("UpdaterBlock");

    @ArchTest
    static final ArchRule NO_REFLECTION = noClasses()
            .that()
            .resideInAnyPackage(
                    ADAGRAD, ENTROPY_SGD, ACCELERATED_SGD, DROPOUT, ELEMENTWISE, GRADIENT_CHECK, NETWORK, SCHEDULE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect..");

    private static ArchRule only(String own) {
        return only(own, own);
    }

    private static ArchRule only(String own, String... allowed) {
        DescribedPredicate<JavaClass> ours = resideInAnyPackage("io.dl4jext..");
        return classes()
                .that()
                .resideInAnyPackage(own)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(DescribedPredicate.not(ours)));
    }
}
