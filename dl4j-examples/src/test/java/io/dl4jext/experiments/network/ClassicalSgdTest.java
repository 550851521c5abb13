package io.dl4jext.experiments.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.stochastic.StochasticBatchListener;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ScheduleType;

/** Classical momentum against a loop over Yotkov's eq. 6. */
class ClassicalSgdTest {

    private static final LinearDecaySchedule DECAY = new LinearDecaySchedule(ScheduleType.ITERATION, 0.2, 0.01, 6);

    @Test
    void networkMovesAgainstTheVelocity() {
        MultiLayerConfiguration configuration =
                Mlp.yotkov(Architecture.common(ClassicalSgd.updater(DECAY, 0.5), 7, DataType.DOUBLE), 16, 3);
        MultiLayerNetwork network = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(configuration.toJson()));
        network.init();
        StochasticBatchListener.attachTo(network);
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
}
