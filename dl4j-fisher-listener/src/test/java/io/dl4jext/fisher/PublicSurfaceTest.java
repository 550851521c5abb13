package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a user sees of this module: these types and no others; everything else is package-private or internal. */
@Tag("once")
class PublicSurfaceTest {

    private static final List<String> TYPES = List.of(
            "fisher.Beacon",
            "fisher.Column",
            "fisher.FisherHistory",
            "fisher.FisherListener",
            "fisher.FisherMeasurement",
            "fisher.FisherProbe",
            "fisher.FisherSink",
            "fisher.FisherSummary",
            "fisher.GradientStatistics",
            "fisher.LayerContribution",
            "fisher.ModelSelection",
            "fisher.ParameterColumns",
            "fisher.PerSampleGradients",
            "fisher.RankTolerance",
            "fisher.arbiter.AllCandidatesDone",
            "fisher.arbiter.CandidateListener",
            "fisher.arbiter.CandidateTaskCreator",
            "fisher.arbiter.ChoiceSpace",
            "fisher.arbiter.CompositeSpace",
            "fisher.arbiter.FisherCandidates",
            "fisher.arbiter.FisherScore",
            "fisher.arbiter.GeneticGenerator",
            "fisher.arbiter.ResumableGenerator",
            "fisher.arbiter.SearchLog",
            "fisher.arbiter.SettingsLayerSpace",
            "fisher.arbiter.SettingsSpace",
            "fisher.chart.FisherChart",
            "fisher.earlystopping.FisherTerminationCondition",
            "fisher.layer.OuterProductLayers",
            "fisher.report.FisherReport",
            "fisher.sink.CsvSink",
            "fisher.sink.JsonLinesSink",
            "fisher.sink.LogSink");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption((Location location) -> !location.contains("/test-classes/"))
            .importPackages("io.dl4jext.fisher");

    private static boolean isInternal(JavaClass type) {
        return type.getPackageName().startsWith("io.dl4jext.")
                && type.getPackageName().contains(".internal");
    }

    private static boolean isOpen(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && !isInternal(type)
                && type.getEnclosingClass().map(PublicSurfaceTest::isOpen).orElse(true);
    }

    private static boolean isOpen(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    @Test
    void theseTypesArePublic() {
        List<String> open = CLASSES.stream()
                .filter(type -> !type.isNestedClass() && isOpen(type))
                .map(type -> type.getName().replace("io.dl4jext.", ""))
                .collect(Collectors.toList());
        assertThat(new TreeSet<>(open)).isEqualTo(new TreeSet<>(TYPES));
    }

    /** Whoever calls a public method need not know an internal type. */
    @Test
    void signaturesHaveNoInternalTypes() {
        Stream<String> methods = CLASSES.stream()
                .filter(PublicSurfaceTest::isOpen)
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(PublicSurfaceTest::isOpen)
                .filter(method -> !isAskedForInternally(method))
                .filter(method -> types(method).anyMatch(PublicSurfaceTest::isInternal))
                .map(JavaCodeUnit::getFullName);
        Stream<String> fields = CLASSES.stream()
                .filter(PublicSurfaceTest::isOpen)
                .flatMap(type -> type.getFields().stream())
                .filter(field -> isOpen(field) && isInternal(field.getRawType()))
                .map(JavaMember::getFullName);
        assertThat(Stream.concat(methods, fields)).isEmpty();
    }

    /** What an internal class asks of those that extend it. */
    private static boolean isAskedForInternally(JavaCodeUnit method) {
        return method.getModifiers().contains(JavaModifier.BRIDGE)
                || method.getOwner().getAllRawSuperclasses().stream()
                        .filter(PublicSurfaceTest::isInternal)
                        .anyMatch(type -> type.tryGetMethod(method.getName(), names(method))
                                .isPresent());
    }

    private static String[] names(JavaCodeUnit method) {
        return method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
    }

    private static Stream<JavaClass> types(JavaCodeUnit method) {
        return Stream.concat(method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()));
    }
}
