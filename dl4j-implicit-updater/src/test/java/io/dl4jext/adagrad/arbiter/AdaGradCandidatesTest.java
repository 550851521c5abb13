package io.dl4jext.adagrad.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.adagrad.AdaGradListener;
import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.fisher.arbiter.AllCandidatesDone;
import io.dl4jext.fisher.arbiter.CandidateTaskCreator;
import io.dl4jext.fisher.arbiter.ResumableGenerator;
import io.dl4jext.fisher.arbiter.SettingsSpace;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Random;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.saving.InMemoryResultSaver;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.arbiter.scoring.impl.TestSetLossScoreFunction;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class AdaGradCandidatesTest {

    @TempDir
    Path folder;

    /** For Arbiter, which makes it itself. */
    public static final class Points implements DataSource {

        @Override
        public void configure(Properties properties) {}

        @Override
        public Object trainData() {
            return points();
        }

        @Override
        public Object testData() {
            return points();
        }

        @Override
        public Class<?> getDataType() {
            return DataSetIterator.class;
        }
    }

    private static DataSetIterator points() {
        Random random = new Random(1);
        INDArray features = Nd4j.zeros(DataType.FLOAT, 20, 3);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 20, 2);
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 3; j++) {
                features.putScalar(i, j, random.nextGaussian());
            }
            labels.putScalar(i, features.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new ExistingDataSetIterator(new DataSet(features, labels).batchBy(10));
    }

    private static MultiLayerSpace space(IUpdater updater) {
        return new MultiLayerSpace.Builder()
                .seed(7)
                .updater(SettingsSpace.of(IUpdater.class, updater)
                        .search("learningRate", new ContinuousParameterSpace(0.01, 0.5)))
                .addLayer(new OutputLayerSpace.Builder()
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .numEpochs(2)
                .build();
    }

    private static MultiLayerNetwork network(MultiLayerSpace space, double[] values) {
        MultiLayerNetwork network = new MultiLayerNetwork(space.getValue(values).getMultiLayerConfiguration());
        network.init();
        return network;
    }

    /** AdaGrad-Norm knows tensors only by the listener; without it each candidate would fail at its first step. */
    @Test
    void candidatesThatNeedTheListenerAreTrainedAsByHand() throws Exception {
        MultiLayerSpace space = space(AdaGradPresets.norm().learningRate(0.1).build());
        OptimizationConfiguration search = new OptimizationConfiguration.Builder()
                .candidateGenerator(
                        ResumableGenerator.of(new RandomSearchGenerator(space), folder.resolve("search.jsonl"), 1))
                .rngSeed(3)
                .dataSource(Points.class, new Properties())
                .modelSaver(new InMemoryResultSaver())
                .scoreFunction(new TestSetLossScoreFunction())
                .terminationConditions(new AllCandidatesDone())
                .build();
        LocalOptimizationRunner runner =
                new LocalOptimizationRunner(search, new CandidateTaskCreator(new AdaGradCandidates()));
        runner.execute();
        assertThat(runner.getCandidateStatus()).allMatch(status -> status.getExceptionStackTrace() == null);
        MultiLayerNetwork searched =
                (MultiLayerNetwork) runner.getResults().get(0).getResultModel();
        MultiLayerNetwork byHand = network(
                space, runner.getResults().get(0).getResult().getCandidate().getFlatParameters());
        AdaGradListener.attachTo(byHand);
        byHand.fit(points(), 2);
        assertThat(searched.params()).isEqualTo(byHand.params());
    }

    @Test
    void othersStayAsTheyAre() {
        MultiLayerSpace space = space(AdaGradPresets.pyTorch().build());
        new RandomSearchGenerator(space);
        MultiLayerNetwork network = network(space, new double[] {0.5});
        assertThat(new AdaGradCandidates().preProcess(network, null)).isSameAs(network);
        assertThat(network.getListeners()).isEmpty();
    }
}
