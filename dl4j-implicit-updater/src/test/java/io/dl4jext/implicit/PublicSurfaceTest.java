package io.dl4jext.implicit;

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
            "acceleratedsgd.AcceleratedSgd",
            "adagrad.Accumulation",
            "adagrad.AccumulatorScope",
            "adagrad.AdaGradFamily",
            "adagrad.AdaGradListener",
            "adagrad.AdaGradPresets",
            "adagrad.Centre",
            "adagrad.DualAveraging",
            "adagrad.EpsilonPlace",
            "adagrad.MadGrad",
            "adagrad.arbiter.AdaGradCandidates",
            "dropout.DepthDropout",
            "entropysgd.EntropySgd",
            "gradientcheck.Difference",
            "gradientcheck.GradientCheck",
            "gradientcheck.GradientCheckResult",
            "gradientcheck.RelativeErrors",
            "implicit.BatchMode",
            "implicit.Conversion",
            "implicit.ExactImplicitSgd",
            "implicit.ImplicitBackprop",
            "implicit.ImplicitDenseLayer",
            "implicit.ImplicitOuterProducts",
            "implicit.ImplicitOutputLayer",
            "implicit.ImplicitRidge",
            "implicit.ImplicitSgd",
            "implicit.ImplicitSimpleRnn",
            "implicit.activation.ActivationArcTan",
            "implicit.activation.ActivationSmoothStep",
            "implicit.activation.RootRule",
            "implicit.arbiter.ImplicitNetworkSpace",
            "schedule.BatchMomentumSchedule",
            "schedule.LinearDecaySchedule",
            "schedule.MultiStepSchedule",
            "schedule.SigmoidAnnealingSchedule",
            "schedule.WarmUpSchedule");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption((Location location) -> !location.contains("/test-classes/"))
            .importPackages(
                    "io.dl4jext.implicit",
                    "io.dl4jext.adagrad",
                    "io.dl4jext.entropysgd",
                    "io.dl4jext.acceleratedsgd",
                    "io.dl4jext.dropout",
                    "io.dl4jext.gradientcheck",
                    "io.dl4jext.schedule",
                    "io.dl4jext.updater");

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
