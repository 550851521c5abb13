package io.dl4jext.experiments;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The arrow goes one way: main → evidence → papers' experiments → command → engine → network → data, report →
 * statistics.
 */
@ArchTag("once")
@AnalyzeClasses(packages = "io.dl4jext", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    private static final String ROOT = "io.dl4jext.experiments";
    private static final String PROGRAMS = "io.dl4jext.examples";
    private static final List<String> EXPERIMENTS = List.of(
            "fisher",
            "sampling",
            "implicit",
            "stochastic",
            "optimisers",
            "gradientcheck",
            "selection",
            "search",
            "durability",
            "zoo");
    private static final String[] PACKAGES =
            EXPERIMENTS.stream().map(name -> ROOT + "." + name + "..").toArray(String[]::new);

    /** ArchUnit's own option knows target/test-classes, but not target/beta7/test-classes. */
    static final class MainClassesOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .ensureAllClassesAreContainedInArchitectureIgnoring(resideOutsideOfPackage(ROOT + ".."))
            .layer("main")
            .definedBy(ROOT)
            .layer("evidence")
            .definedBy(ROOT + ".evidence..")
            .layer("experiments")
            .definedBy(PACKAGES)
            .layer("benchmark")
            .definedBy(ROOT + ".benchmark..")
            .layer("doctor")
            .definedBy(ROOT + ".doctor..")
            .layer("command")
            .definedBy(ROOT + ".command..")
            .layer("engine")
            .definedBy(ROOT + ".engine..")
            .layer("network")
            .definedBy(ROOT + ".network..")
            .layer("data")
            .definedBy(ROOT + ".data..")
            .layer("report")
            .definedBy(ROOT + ".report..")
            .layer("statistics")
            .definedBy(ROOT + ".statistics..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("evidence")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("experiments")
            .mayOnlyBeAccessedByLayers("main", "evidence")
            .whereLayer("benchmark")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("doctor")
            .mayOnlyBeAccessedByLayers("main", "benchmark", "evidence")
            .whereLayer("command")
            .mayOnlyBeAccessedByLayers("main", "evidence", "experiments", "benchmark")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("main", "evidence", "experiments", "benchmark", "command")
            .whereLayer("network")
            .mayOnlyBeAccessedByLayers("experiments", "benchmark", "doctor", "command")
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("main", "experiments", "benchmark", "doctor", "command", "engine", "network")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("evidence", "experiments", "benchmark", "doctor", "command")
            .whereLayer("statistics")
            .mayOnlyBeAccessedByLayers("evidence", "experiments", "benchmark", "doctor", "report");

    /** So that each program can be copied as one file. */
    @ArchTest
    static final ArchRule PROGRAMS_STAND_ALONE = classes()
            .that()
            .resideInAPackage(PROGRAMS)
            .should(new ArchCondition<>("know nothing of this module outside of their file") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                        JavaClass target = dependency.getTargetClass().getBaseComponentType();
                        if (resideInAnyPackage(PROGRAMS, ROOT + "..").test(target)
                                && !file(target).equals(file(type))) {
                            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                        }
                    }
                }

                private String file(JavaClass type) {
                    return type.getName().replaceAll("\\$.*", "");
                }
            });

    /** What is shown here is what a user can do. */
    @ArchTest
    static final ArchRule NOTHING_INTERNAL_OF_THE_LIBRARIES = noClasses()
            .that()
            .resideInAnyPackage(PROGRAMS, ROOT + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.dl4jext..internal..");

    @ArchTest
    static final ArchRule PROGRAMS_ARE_PROGRAMS = classes()
            .that()
            .resideInAPackage(PROGRAMS)
            .and()
            .haveSimpleNameNotEndingWith("package-info")
            .and()
            .areTopLevelClasses()
            .should()
            .haveOnlyPrivateConstructors();

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_EVIDENCE =
            slices().matching(ROOT + ".evidence.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NO_EXPERIMENT = noClasses()
            .that()
            .resideInAPackage(ROOT + ".engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PACKAGES);

    /** No paper's experiment knows another's. */
    @ArchTest
    static final ArchRule EXPERIMENTS_STAND_ALONE = slices().matching(
                    ROOT + ".(" + String.join("|", EXPERIMENTS) + ")..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule ONE_STATISTICS_LIBRARY_IN_ONE_PLACE = noClasses()
            .that()
            // Arbiter's random numbers are those of commons-math.
            .resideOutsideOfPackages(ROOT + ".statistics..", "io.dl4jext.fisher.arbiter..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.hipparchus..", "org.apache.commons.math3..");

    /** One loop trains: only the engine and those that time or check single steps ask a network to fit. */
    @ArchTest
    static final ArchRule ONE_LOOP_TRAINS = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + ".fisher..",
                    ROOT + ".sampling..",
                    ROOT + ".implicit..",
                    ROOT + ".stochastic..",
                    ROOT + ".optimisers..",
                    ROOT + ".selection..",
                    ROOT + ".search..")
            .should()
            .callMethod(NeuralNetwork.class, "fit", DataSetIterator.class);
}
