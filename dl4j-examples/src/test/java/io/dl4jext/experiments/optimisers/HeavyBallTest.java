package io.dl4jext.experiments.optimisers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.Mlp;
import io.dl4jext.schedule.LinearDecaySchedule;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ScheduleType;

/** Classical momentum against a loop over paper 3's eq. 6. */
class HeavyBallTest {

    private static final LinearDecaySchedule DECAY = new LinearDecaySchedule(ScheduleType.ITERATION, 0.2, 0.01, 6);

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.9})
    void stepsAreThoseOfThePaper(double momentum) {
        HeavyBall updater = new HeavyBall(DECAY, momentum);
        double[] velocity = {0, 0};
        float[] floatVelocity = new float[2];
        double[] doubleVelocity = new double[2];
        INDArray velocityArray = Nd4j.zeros(DataType.DOUBLE, 2);
        for (int t = 0; t < 8; t++) {
            double[] gradient = {Math.sin(t + 1), -2.0 / (t + 1)};
            float[] floats = {(float) gradient[0], (float) gradient[1]};
            double[] doubles = gradient.clone();
            INDArray array = Nd4j.createFromArray(gradient);
            updater.step(t, 0).floats(new float[][] {floats, floatVelocity}, 2, 0);
            updater.step(t, 0).doubles(new double[][] {doubles, doubleVelocity}, 2, 0);
            updater.step(t, 0).operations(new INDArray[] {array, velocityArray}, 0);
            for (int i = 0; i < 2; i++) {
                double rate = t < 6 ? 0.2 * (1 - t / 6.0) + 0.01 * t / 6.0 : 0.01;
                velocity[i] = momentum * velocity[i] + rate * gradient[i];
                assertThat(doubles[i]).isCloseTo(velocity[i], within(1e-14));
                assertThat(array.getDouble(i)).isCloseTo(velocity[i], within(1e-14));
                assertThat((double) floats[i]).isCloseTo(velocity[i], within(1e-6));
            }
        }
    }

    @Test
    void networkMovesAgainstTheVelocity() {
        MultiLayerConfiguration configuration =
                Mlp.paper3(Architecture.common(new HeavyBall(DECAY, 0.5), 7, DataType.DOUBLE), 16, 3);
        MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration.toJson()));
        network.init();
        DataSet batch = BatchIterator.inOrder(RandomImages.of(new ImageShape(1, 4, 4), 3, 12, 5), Layout.FLAT, 12)
                .next();
        INDArray expected = network.params().dup();
        INDArray velocity = Nd4j.zeros(DataType.DOUBLE, expected.shape());
        for (int t = 0; t < 3; t++) {
            network.setInput(batch.getFeatures().castTo(DataType.DOUBLE));
            network.setLabels(batch.getLabels().castTo(DataType.DOUBLE));
            network.computeGradientAndScore();
            INDArray gradient = network.gradient().gradient().dup().divi(12);
            velocity.muli(0.5).addi(gradient.reshape(velocity.shape()).mul(DECAY.valueAt(t, 0)));
            expected.subi(velocity);
            network.fit(batch);
            assertThat(network.params().distance2(expected)).isLessThan(1e-12);
        }
    }

    @Test
    void clonesAreEqualAndKeepTheSchedule() {
        HeavyBall updater = new HeavyBall(DECAY, 0.9);
        assertThat(updater.clone()).isEqualTo(updater).isNotEqualTo(new HeavyBall(DECAY, 0.8));
        assertThat(updater.clone().getLearningRate(3, 0)).isEqualTo(updater.getLearningRate(3, 0));
    }

    @Test
    void momentumMustBeLessThanOne() {
        assertThatThrownBy(() -> new HeavyBall(DECAY, 1))
                .hasMessageContaining("momentum")
                .hasMessageContaining("1.0");
        assertThatThrownBy(() -> new HeavyBall(DECAY, Double.NaN)).hasMessageContaining("NaN");
    }
}
