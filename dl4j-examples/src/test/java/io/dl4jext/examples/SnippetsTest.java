package io.dl4jext.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.TrainingCheckpoints;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.dropout.DepthDropout;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.PerSampleGradients;
import io.dl4jext.implicit.Conversion;
import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitDenseLayer;
import io.dl4jext.implicit.ImplicitOutputLayer;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.schedule.BatchMomentumSchedule;
import io.dl4jext.schedule.LinearDecaySchedule;
import io.dl4jext.schedule.MultiStepSchedule;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import io.dl4jext.schedule.WarmUpSchedule;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import io.dl4jext.users.SeveralThreads;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Short uses that no program shows: the documentation takes them from here. */
class SnippetsTest {

    private final MultiLayerNetwork network =
            (MultiLayerNetwork) Architecture.MLP.create(new ImageShape(1, 4, 4), 3, new Sgd(0.1), 1, DataType.FLOAT);
    private final DataSetIterator train =
            BatchIterator.inOrder(RandomImages.of(new ImageShape(1, 4, 4), 3, 40, 1), Layout.FLAT, 8);

    @Test
    void diagnostics() {
        FisherListener fisher = FisherListener.builder()
                .layerTraces(true) // Tr F̃ of each layer: where curvature lives
                .topAlignment(true) // how far the mean gradient lies along the largest eigenvector
                .build();
        network.addListeners(fisher);
        network.fit(train);

        FisherHistory history = fisher.history();
        FisherMeasurement last =
                history.measurements().get(history.measurements().size() - 1);
        last.layerTraces()
                .forEach((layer, trace) -> System.out.printf("%s has %.0f %%%n", layer, 100 * trace / last.trace()));
        double[] noiseScales = history.noiseScales(0.9); // with moving averages
        assertThat(last.layerTraces()).hasSize(3);
        assertThat(last.topAlignment()).isBetween(0.0, 1.0);
        assertThat(noiseScales).hasSameSizeAs(history.measurements());
    }

    @Test
    void implicitLayers() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .updater(ImplicitSgd.builder().learningRate(0.5).mu(1e-4).build())
                .list()
                .layer(new ImplicitDenseLayer.Builder()
                        .nIn(16)
                        .nOut(50)
                        .activation(new ActivationArcTan())
                        .build())
                .layer(new ImplicitOutputLayer.Builder(LossFunction.MCXENT)
                        .layerActivation(Activation.RELU) // a relu layer under the softmax; default: linear
                        .nIn(50)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();

        MultiLayerNetwork own = new MultiLayerNetwork(configuration);
        own.init();
        own.fit(train);
        assertThat(own.score()).isFinite();
    }

    @Test
    void implicitConversion() {
        Conversion<MultiLayerNetwork> conversion = ImplicitBackprop.convert(
                network, ImplicitSgd.builder().rule(new Adam(1e-2)).build());
        System.out.println(conversion.summary());
        conversion.result().fit(train);

        assertThat(conversion.leftExplicit()).isEmpty();
    }

    @Test
    void adaGradListener() {
        IUpdater norm = AdaGradPresets.norm().learningRate(0.1).build();
        MultiLayerNetwork network =
                (MultiLayerNetwork) Architecture.MLP.create(new ImageShape(1, 4, 4), 3, norm, 1, DataType.FLOAT);
        AdaGradListener.attachTo(network);

        network.fit(train);
        assertThat(network.score()).isFinite();
    }

    @Test
    void severalWorkers(@TempDir Path folder) throws Exception {
        SeveralThreads.assumeSafe();
        MultiLayerNetwork network = (MultiLayerNetwork)
                Architecture.MLP.create(new ImageShape(1, 4, 4), 3, new StochasticBatch(0.1), 1, DataType.FLOAT);
        DynamicBatchIterator batches =
                DynamicBatchIterator.builder(train, BatchSchedule.constant(4)).build();
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(folder).data(batches).fisher(fisher).build();
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(4)
                .averagingFrequency(1)
                .prefetchBuffer(0)
                .build()) {
            wrapper.setListeners(
                    new StochasticBatchListener(), fisher); // beside those that the network had before build()
            wrapper.fit(batches);
        }
        checkpoints.save(network);
        assertThat(fisher.history().measurements()).hasSizeBetween(2, 3);
        assertThat(folder).isNotEmptyDirectory();
    }

    @Test
    void perSampleGradients() {
        DataSet batch = train.next();
        INDArray matrix = PerSampleGradients.compute(network, batch); // B × P: row i is the gradient of sample i

        PerSampleGradients gradients = PerSampleGradients.builder(network, batch)
                .layers("0", "2") // names or indices; default: all
                .memoryLimit(2L << 30) // bytes of the matrix; default 1 GiB
                .build();
        double[] norms = gradients.norms();
        INDArray clipped = gradients.clippedSum(1.0); // 1 × P
        gradients.columns().forEach(System.out::println); // layer0 W [16, 500] (f): 0 to 7999
        assertThat(matrix.shape()).containsExactly(8, network.numParams());
        assertThat(norms).hasSize(8);
        assertThat(clipped.length()).isEqualTo(gradients.parameters());
        assertThat(gradients.columns().get(0)).hasToString("layer0 W [16, 500] (f): 0 to 7999");
    }

    @Test
    void influence() {
        DataSet batch = train.next();
        DataSet test = train.next(1);
        // The test sample as the last of the batch: its inner products with the others are the last row.
        INDArray gram = PerSampleGradients.of(network, DataSet.merge(List.of(batch, test)))
                .gramMatrix();
        INDArray influence = gram.getRow(batch.numExamples()); // ⟨g_test, g_i⟩, and ‖g_test‖² at the end
        INDArray rows = PerSampleGradients.compute(network, batch);
        INDArray expected = rows.mmul(PerSampleGradients.compute(network, test).transpose());
        for (int i = 0; i < 8; i++) {
            assertThat(influence.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-4));
        }
    }

    @Test
    void schedules() {
        ISchedule linear = new LinearDecaySchedule(ScheduleType.EPOCH, 0.1, 1e-4, 10); // Yotkov's eq. 5
        ISchedule sigmoid = new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 1e-3, 100); // Nakamura et al.
        ISchedule steps = MultiStepSchedule.atFractions(ScheduleType.EPOCH, 0.1, 0.1, 100, 0.5, 0.75);
        ISchedule warm = new WarmUpSchedule(ScheduleType.EPOCH, 5, 0.1, steps); // in front of any schedule
        ISchedule momentum = new BatchMomentumSchedule(new FixedSchedule(64)); // 0.6: Nakamura et al.'s pairing

        assertThat(linear.valueAt(0, 10)).isEqualTo(1e-4);
        assertThat(sigmoid.valueAt(0, 99)).isEqualTo(1e-3);
        assertThat(warm.valueAt(0, 0)).isEqualTo(0.1 * 0.1);
        assertThat(momentum.valueAt(0, 0)).isCloseTo(0.6, within(1e-12));
    }

    @Test
    void depthDropout() {
        MultiLayerConfiguration dropped = DepthDropout.apply(network.getLayerWiseConfigurations(), 0.5);

        assertThat(dropped.getConf(1).getLayer().getIDropout()).isInstanceOf(DepthDropout.class);
    }

    @Test
    void stochasticBatchSettings() {
        StochasticBatch settings = StochasticBatch.builder()
                .learningRateSchedule(new SigmoidAnnealingSchedule(ScheduleType.EPOCH, 0.1, 0.001, 100))
                .alpha(0.1) // within a group of parameters: larger gradients are updated sooner
                .lambda(-2) // across groups: those with larger gradients are updated later; the paper has -4
                .momentum(0.9)
                .build();

        assertThat(settings.getLearningRate(0, 99)).isCloseTo(0.001, within(1e-12));
    }
}
