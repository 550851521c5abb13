package io.dl4jext.fisher;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrow goes one way: capture → gram → (F̃) → spectrum → measurements → sinks, charts and reports. */
@ArchTag("once")
@AnalyzeClasses(packages = "io.dl4jext.fisher", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    /** ArchUnit's own option knows target/test-classes, but not target/beta7/test-classes. */
    static final class MainClassesOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    private static final String ROOT = "io.dl4jext.fisher";
    private static final String CAPTURE = ROOT + ".internal.capture..";
    private static final String LAYER = ROOT + ".layer..";
    private static final String GRAM = ROOT + ".internal.gram..";
    private static final String SPECTRUM = ROOT + ".internal.spectrum..";
    private static final String TEXT = ROOT + ".internal.text..";
    private static final String SINK = ROOT + ".sink..";
    private static final String EARLY_STOPPING = ROOT + ".earlystopping..";
    private static final String ARBITER = ROOT + ".arbiter..";
    private static final String CHART = ROOT + ".chart..";
    private static final String REPORT = ROOT + ".report..";
    private static final String VERSION = ROOT + ".internal.version..";

    @ArchTest
    static final ArchRule GRAM_KNOWS_ITSELF_ONLY = only(GRAM, GRAM);

    @ArchTest
    static final ArchRule SPECTRUM_KNOWS_ITSELF_ONLY = only(SPECTRUM, SPECTRUM);

    @ArchTest
    static final ArchRule TEXT_KNOWS_ITSELF_ONLY = only(TEXT, TEXT);

    @ArchTest
    static final ArchRule VERSION_KNOWS_ITSELF_ONLY = only(VERSION, VERSION);

    /** What other libraries implement: they need nothing else. */
    @ArchTest
    static final ArchRule LAYER_KNOWS_ITSELF_ONLY = only(LAYER, LAYER);

    @ArchTest
    static final ArchRule CAPTURE_KNOWS_GRAM_AND_LAYER = only(CAPTURE, CAPTURE, GRAM, LAYER);

    @ArchTest
    static final ArchRule ROOT_KNOWS_NO_SINK_AND_NO_CHART = only(ROOT, ROOT, CAPTURE, GRAM, SPECTRUM, TEXT);

    @ArchTest
    static final ArchRule SINKS_KNOW_THE_ROOT = only(SINK, SINK, ROOT, TEXT, VERSION);

    @ArchTest
    static final ArchRule CHARTS_KNOW_THE_ROOT = only(CHART, CHART, ROOT);

    @ArchTest
    static final ArchRule REPORTS_KNOW_THE_ROOT = only(REPORT, REPORT, ROOT, TEXT, VERSION);

    @ArchTest
    static final ArchRule EARLY_STOPPING_KNOWS_THE_ROOT = only(EARLY_STOPPING, EARLY_STOPPING, ROOT);

    /** They may read operands that are freed already: see docs/memory.md. */
    @ArchTest
    static final ArchRule NO_ROW_AND_COLUMN_OPERATIONS = noClasses()
            .should()
            .callMethodWhere(target(nameMatching("(add|sub|rsub|mul|div|rdiv|put)i?(Row|Column)Vector")));

    /**
     * Addresses are for one class, which checks them and keeps their arrays, and for the products that it is handed to.
     */
    @ArchTest
    static final ArchRule POINTERS_IN_ONE_PLACE = noClasses()
            .that()
            .doNotHaveSimpleName("HostMemory")
            .and()
            .doNotHaveSimpleName("OpenBlas")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco..");

    /** An optional library: what does not draw loads without it. */
    @ArchTest
    static final ArchRule XCHART_IN_ONE_PLACE = noClasses()
            .that()
            .haveNameNotMatching(".*\\.chart\\.Plot(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.knowm..");

    @ArchTest
    static final ArchRule NO_REFLECTION = noClasses()
            .that()
            // Arbiter is given the data as a class.
            .haveNameNotMatching(".*\\.arbiter\\.CandidateTaskCreator\\$SourceData")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect..", "java.lang.invoke..")
            .orShould()
            .callMethodWhere(JavaCall.Predicates.target(HasOwner.Predicates.With.owner(
                            DescribedPredicate.describe("Class", owner -> owner.isEquivalentTo(Class.class))))
                    .and(JavaCall.Predicates.target(HasName.Predicates.nameMatching(
                            "forName|newInstance|get(Declared)?(Field|Method|Constructor)s?"))));

    @ArchTest
    static final ArchRule DL4J_IS_MET_IN_CAPTURE_AND_THE_ROOT = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, CAPTURE, LAYER, EARLY_STOPPING, ARBITER)
            .and()
            // Asks where DL4J's classes were loaded from.
            .resideOutsideOfPackage(VERSION)
            .and()
            // Hands a network on.
            .haveNameNotMatching(".*\\.report\\.FisherReport\\$Builder")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.deeplearning4j..");

    /** Nobody else asks which of DL4J's networks it is. Data must fit, and be given to, the one or the other. */
    @ArchTest
    static final ArchRule NETWORKS_ARE_TOLD_APART_IN_ONE_PLACE = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(capture\\.Network(\\$.*)?|Batch|NetworkCopy)")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.multilayer.MultiLayerNetwork")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.graph.ComputationGraph");

    private static ArchRule only(String from, String... ours) {
        DescribedPredicate<JavaClass> allowed = resideInAnyPackage(ours);
        return classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(resideInAPackage(ROOT + "..")).or(allowed));
    }
}
