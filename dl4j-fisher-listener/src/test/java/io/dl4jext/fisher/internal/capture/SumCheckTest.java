package io.dl4jext.fisher.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SumCheckTest {

    private static final double TOLERANCE = 1e-11;

    private static INDArray gradient() {
        return Nd4j.createFromArray(new double[][] {{1, 2}, {3, -4}});
    }

    private static double factor(INDArray sum, INDArray own) {
        try (SumCheck check = new SumCheck(DataType.DOUBLE, sum.length())) {
            check.add(sum, own, 10);
            return check.factor(TOLERANCE);
        }
    }

    @Test
    void onceOrTwice() {
        assertThat(factor(gradient(), gradient())).isEqualTo(1);
        assertThat(factor(gradient(), gradient().mul(2).dup('f'))).isEqualTo(2);
        SumCheck check = new SumCheck(DataType.DOUBLE, 8);
        check.add(gradient().assign(0), gradient().assign(0), 0);
        assertThat(check.factor(TOLERANCE)).isEqualTo(1);
    }

    @Test
    void notANumberWhereTheLayersOwnIsNone() {
        assertThat(factor(gradient(), gradient().assign(Double.NaN))).isNaN();
        assertThat(factor(gradient().assign(Double.NaN), gradient().assign(Double.NaN)))
                .isNaN();
    }

    @Test
    void anythingElseIsAnotherSum() {
        assertThatIllegalStateException().isThrownBy(() -> factor(gradient().assign(0), gradient()));
        assertThatIllegalStateException().isThrownBy(() -> factor(gradient().assign(Double.NaN), gradient()));
        for (double other : new double[] {0, -1, 3, 1 + 1e-9, 0.4}) {
            assertThatIllegalStateException()
                    .as("%s times", other)
                    .isThrownBy(() -> factor(gradient(), gradient().mul(other)))
                    .withMessageContaining("add up to another sum");
        }
    }

    /** In all parameters together: where one has hardly any gradient, rounding may be all that it has. */
    @Test
    void relativeToAllParameters() {
        SumCheck check = new SumCheck(DataType.DOUBLE, 8);
        check.add(gradient(), gradient(), 10);
        check.add(gradient().mul(1e-13), gradient().mul(-1e-13), 1e-12);
        assertThat(check.factor(TOLERANCE)).isEqualTo(1);
    }
}
