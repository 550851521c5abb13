package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodTest {

    @Test
    void variantsThatClipComeWithEachThreshold() {
        assertThat(Method.all(
                        EnumSet.of(Variant.IMPLICIT_CLIP, Variant.EXPLICIT, Variant.EXPLICIT_CLIP),
                        List.of(8.0, 0.1, 8.0)))
                .extracting(Method::toString)
                .containsExactly(
                        "explicit", "explicit-clip-8", "explicit-clip-0.1", "implicit-clip-8", "implicit-clip-0.1");
    }

    @Test
    void theReferenceClipsAlike() {
        Method clipped = Method.of(Variant.IMPLICIT_CLIP, 8);
        assertThat(clipped.reference()).isEqualTo(Method.of(Variant.EXPLICIT_CLIP, 8));
        assertThat(clipped.reference()).isNotEqualTo(Method.of(Variant.EXPLICIT_CLIP, 1));
        assertThat(clipped.isReference()).isFalse();
        assertThat(clipped.reference().isReference()).isTrue();
        assertThat(Method.of(Variant.EXACT, 8).reference()).isEqualTo(Method.EXPLICIT);
        assertThat(Method.of(Variant.EXPLICIT, 8)).isEqualTo(Method.EXPLICIT).hasSameHashCodeAs(Method.EXPLICIT);
        assertThat(clipped.clipText()).isEqualTo("8");
        assertThat(Method.EXPLICIT.clipText()).isEmpty();
    }
}
