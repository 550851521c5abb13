package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;

/** {@code setListeners} after {@code attachTo} takes the iterator's listener away; the schedule goes on all the same. */
class ListenerReplacedTest {

    private static final int EXAMPLES = 97;

    private static final class Sizes extends BaseTrainingListener {

        private final List<Long> sizes = new ArrayList<>();

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            sizes.add(((MultiLayerNetwork) model).getInput().size(0));
        }
    }

    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void fromTheBeginning(LastBatch lastBatch) {
        assertThat(trained(lastBatch, true, 0)).isEqualTo(trained(lastBatch, false, 0));
    }

    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void afterTheFirstEpoch(LastBatch lastBatch) {
        assertThat(trained(lastBatch, true, 1)).isEqualTo(trained(lastBatch, false, 1));
    }

    /** Each fit is of one epoch, with an evaluation after it; the listeners may be replaced before one. */
    private static List<Long> trained(LastBatch lastBatch, boolean replaced, int when) {
        MultiLayerNetwork network = network();
        DynamicBatchIterator batches = batches(lastBatch);
        batches.attachTo(network);
        Sizes sizes = new Sizes();
        network.addListeners(sizes);
        for (int epoch = 0; epoch < 3; epoch++) {
            if (replaced && epoch == when) {
                network.setListeners(sizes);
            }
            network.fit(batches);
            if (epoch > 0) {
                assertThat(network.evaluate(batches).getNumRowCounter()).isEqualTo(EXAMPLES);
            }
        }
        network.fit(batches, 2);
        return sizes.sizes.stream().collect(Collectors.toList());
    }

    private static DynamicBatchIterator batches(LastBatch lastBatch) {
        INDArray labels = Nd4j.zeros(EXAMPLES, 2);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, i % 2, 1);
        }
        return DynamicBatchIterator.of(
                        new ExistingDataSetIterator(new DataSet(Nd4j.rand(EXAMPLES, 3), labels).batchBy(32)),
                        BatchSchedule.piecewise(
                                ScheduleType.EPOCH, new TreeMap<>(Map.of(0, 40, 1, 50, 2, 60, 3, 30, 4, 20))))
                .lastBatch(lastBatch)
                .build();
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .list()
                .layer(new OutputLayer.Builder()
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }
}
