package io.dl4jext.batch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrow goes one way: updates → iterators and schedules. */
@AnalyzeClasses(packages = "io.dl4jext.batch", importOptions = PackageRuleTest.MainClassesOnly.class)
class PackageRuleTest {

    /** ArchUnit's own option knows target/test-classes, but not target/beta7/test-classes. */
    static final class MainClassesOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    @ArchTest
    static final ArchRule UPDATES_KNOW_NO_ITERATORS = noClasses()
            .that()
            .resideInAPackage("io.dl4jext.batch.update..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.dl4jext..")
                    .and(DescribedPredicate.not(
                            resideInAnyPackage("io.dl4jext.batch.update..", "io.dl4jext.batch.internal..")))
                    // Told which part of a batch it measures.
                    .and(DescribedPredicate.not(resideInAPackage("io.dl4jext.fisher"))));

    @ArchTest
    static final ArchRule INTERNAL_KNOWS_ITSELF_ONLY = noClasses()
            .that()
            .resideInAPackage("io.dl4jext.batch.internal..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.dl4jext..")
                    .and(DescribedPredicate.not(resideInAPackage("io.dl4jext.batch.internal.."))));

    /** Nobody else asks which of DL4J's networks it is; the iterators and updaters have a form for each. */
    @ArchTest
    static final ArchRule NETWORKS_ARE_TOLD_APART_IN_ONE_PLACE = noClasses()
            .that()
            .haveNameNotMatching(
                    ".*\\.(internal\\.Network(\\$.*)?|RebatchingIterator|Dynamic(Multi)?BatchIterator|UpdateListener|Batched[A-Za-z]+Updater)")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.multilayer.MultiLayerNetwork")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.deeplearning4j.nn.graph.ComputationGraph");

    @ArchTest
    static final ArchRule NO_REFLECTION = noClasses()
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
