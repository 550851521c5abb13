package io.dl4jext.batch.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dl4jext.batch.internal.accumulation.UpdateListener;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LearningRateScalingTest {

    @Test
    void formulas() {
        Offset<Double> exact = Offset.offset(1e-15);
        assertThat(LearningRateScaling.none().rate(0.1, 77)).isEqualTo(0.1);
        assertThat(LearningRateScaling.linear(32).rate(0.1, 64)).isEqualTo(0.2, exact);
        assertThat(LearningRateScaling.linear(32).rate(0.1, 8)).isEqualTo(0.025, exact);
        assertThat(LearningRateScaling.squareRoot(32).rate(0.1, 128)).isEqualTo(0.2, exact);
        assertThat(LearningRateScaling.constantRatio(0.01).rate(123, 16)).isEqualTo(0.16, exact);
    }

    @Test
    void printsAndCompares() {
        assertThat(LearningRateScaling.linear(32)).hasToString("linear(32)").isEqualTo(LearningRateScaling.linear(32));
        assertThat(LearningRateScaling.squareRoot(8))
                .hasToString("squareRoot(8)")
                .isNotEqualTo(LearningRateScaling.linear(8));
        assertThat(LearningRateScaling.constantRatio(0.5)).hasToString("constantRatio(0.5)");
        assertThat(LearningRateScaling.none()).hasToString("none");
        assertThat(LearningRateScaling.linear(3)).hasSameHashCodeAs(LearningRateScaling.linear(3));
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LearningRateScaling.linear(0))
                .withMessageContaining("got 0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> LearningRateScaling.squareRoot(-4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LearningRateScaling.constantRatio(Double.NaN))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> new UpdateListener(null, null));
    }
}
