package io.dl4jext.batch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
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
import io.dl4jext.batch.internal.Checks;
import io.dl4jext.batch.internal.Json;
import io.dl4jext.batch.internal.Settings;
import io.dl4jext.batch.scaling.LearningRateScaling;
import java.util.Arrays;

/** The arrow goes one way: updates → iterators and schedules. */
@ArchTag("once")
@AnalyzeClasses(packages = "io.dl4jext.batch", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    /** ArchUnit's own option knows target/test-classes, but not target/beta7/test-classes. */
    static final class MainClassesOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    private static final String ROOT = "io.dl4jext.batch";

    @ArchTest
    static final ArchRule SCHEDULES_KNOW_BATCH_SIZES_ONLY =
            only(".schedule..", Json.class.getName(), Checks.class.getName(), Settings.class.getName());

    @ArchTest
    static final ArchRule SCALING_KNOWS_SETTINGS_ONLY = only(".scaling..", Settings.class.getName());

    @ArchTest
    static final ArchRule SCALED_RATES_KNOW_SCALING = only(".internal.scaling..", LearningRateScaling.class.getName());

    /** And of the listener, which is told which part of a batch it measures; no iterators. */
    @ArchTest
    static final ArchRule ACCUMULATION_KNOWS_SCALED_RATES = only(
            ".internal.accumulation..",
            LearningRateScaling.class.getName(),
            ROOT + ".internal.scaling.ScaledRates",
            ROOT + ".internal.Network",
            "io.dl4jext.fisher.FisherListener");

    private static ArchRule only(String packageOfRoot, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(ROOT + packageOfRoot)
                .should()
                .dependOnClassesThat(resideInAPackage("io.dl4jext..")
                        .and(DescribedPredicate.not(resideInAPackage(ROOT + packageOfRoot)))
                        .and(DescribedPredicate.describe(
                                "are others than " + Arrays.toString(others),
                                type -> !Arrays.asList(others).contains(type.getName()))));
    }

    /** Nobody else asks which of DL4J's networks it is; the iterators and updaters have a form for each. */
    @ArchTest
    static final ArchRule NETWORKS_ARE_TOLD_APART_IN_ONE_PLACE = noClasses()
            .that()
            .haveNameNotMatching(
                    ".*\\.(internal\\.Network(\\$.*)?|RebatchingIterator|Dynamic(Multi)?BatchIterator|UpdateListener|TrainingCheckpoints(\\$.*)?|Batched[A-Za-z]+Updater)")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.multilayer.MultiLayerNetwork")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.graph.ComputationGraph");

    @ArchTest
    static final ArchRule NO_REFLECTION = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Settings.class.getName()) // asks what type a class is, without running it
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect..", "java.lang.invoke..")
            .orShould()
            .callMethodWhere(JavaCall.Predicates.target(
                            HasOwner.Predicates.With.owner(DescribedPredicate.<JavaClass>describe(
                                    "Class", owner -> owner.isEquivalentTo(Class.class))))
                    .and(JavaCall.Predicates.target(HasName.Predicates.nameMatching(
                            "forName|newInstance|get(Declared)?(Field|Method|Constructor)s?"))));
}
