package io.dl4jext.experiments.gradientcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.gradientcheck.Difference;
import io.dl4jext.gradientcheck.GradientCheck;
import io.dl4jext.gradientcheck.RelativeErrors;
import java.util.Arrays;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class ErrorSampleTest {

    private static final Model NETWORK =
            Architecture.MLP300.create(new ImageShape(1, 1, 2), 2, new Sgd(0.1), 3, DataType.DOUBLE);

    private static RelativeErrors errors(double... features) {
        DataSet batch = new DataSet(
                Nd4j.createFromArray(new double[][] {features}), Nd4j.createFromArray(new double[][] {{0, 1}}));
        return GradientCheck.builder()
                .parameters(40)
                .build()
                .check(NETWORK, batch)
                .of(Difference.CENTRAL);
    }

    @Test
    void zerosAreCountedApart() {
        RelativeErrors all = errors(1, -0.5);
        ErrorSample sample = new ErrorSample(all);
        assertThat(sample.zeros()).isPositive();
        assertThat(sample.count()).isPositive();
        assertThat(sample.count() + sample.zeros()).isEqualTo(all.count());
        assertThat(Arrays.stream(sample.decades()).sum()).isEqualTo(sample.count());
        assertThat(sample.mean() * sample.count()).isCloseTo(all.mean() * all.count(), within(1e-15));
        assertThat(sample.max()).isEqualTo(all.max());
        // With the zeros first in order, the median of the others is a higher quantile of all.
        double share = (sample.zeros() + Math.ceil(0.5 * sample.count()) - 0.5) / all.count();
        assertThat(sample.median()).isEqualTo(all.quantile(share)).isGreaterThan(all.median());
    }

    @Test
    void whereNothingMovesThereIsNoMedian() {
        ErrorSample sample = new ErrorSample(errors(0, 0));
        assertThat(sample.count()).isZero();
        assertThat(sample.zeros()).isEqualTo(40);
        assertThat(sample.median()).isNaN();
        assertThat(sample.mean()).isNaN();
        assertThat(Arrays.stream(sample.decades()).sum()).isZero();
    }

    @Test
    void decadesHaveNames() {
        assertThat(ErrorSample.decade(0)).isEqualTo("<1e-12");
        assertThat(ErrorSample.decade(1)).isEqualTo("1e-12");
        assertThat(ErrorSample.decade(13)).isEqualTo("1");
    }
}
