package io.dl4jext.consumer;

import io.dl4jext.batch.arbiter.BatchCandidates;
import io.dl4jext.batch.arbiter.TrainingSpace;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.arbiter.AllCandidatesDone;
import io.dl4jext.fisher.arbiter.CandidateTaskCreator;
import io.dl4jext.fisher.arbiter.ChoiceSpace;
import io.dl4jext.fisher.arbiter.FisherCandidates;
import io.dl4jext.fisher.arbiter.FisherScore;
import io.dl4jext.fisher.arbiter.ResumableGenerator;
import io.dl4jext.fisher.arbiter.SearchLog;
import io.dl4jext.fisher.arbiter.SettingsSpace;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.arbiter.ImplicitNetworkSpace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.layers.DenseLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A search with all modules, by a search configuration that was JSON in between. Fails when something does. */
public final class SearchProgram {

    private SearchProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        Path log = Files.createTempDirectory(folder, "run").resolve("search.jsonl");
        MultiLayerSpace network = new MultiLayerSpace.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .addLayer(new DenseLayerSpace.Builder()
                        .nIn(4)
                        .nOut(5)
                        .activation(Activation.RELU)
                        .build())
                .addLayer(new OutputLayerSpace.Builder()
                        .nIn(5)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .numEpochs(2)
                .build();
        TrainingSpace<DL4JConfiguration> space = TrainingSpace.builder(ImplicitNetworkSpace.of(
                        network,
                        SettingsSpace.of(IUpdater.class, new ImplicitSgd(0.1))
                                .search("learningRate", new ContinuousParameterSpace(0.1, 1))))
                .batchSizes(ChoiceSpace.of(BatchSchedule.class, BatchSchedule.constant(4), BatchSchedule.constant(8)))
                .build();
        OptimizationConfiguration search = new OptimizationConfiguration.Builder()
                .candidateGenerator(ResumableGenerator.of(new RandomSearchGenerator(space), log, 2))
                .rngSeed(1)
                .dataSource(Points.class, new Properties())
                .scoreFunction(FisherScore.energy())
                .terminationConditions(new AllCandidatesDone())
                .build();
        new LocalOptimizationRunner(
                        OptimizationConfiguration.fromJson(search.toJson()),
                        new CandidateTaskCreator(
                                FisherCandidates.measuredBy(
                                        candidate -> FisherListener.builder().everyIterations(1)),
                                new BatchCandidates()))
                .execute();
        long complete = SearchLog.read(log).candidates().stream()
                .filter(SearchLog.Entry::isComplete)
                .count();
        if (complete != 2) {
            throw new IllegalStateException(
                    "Expected 2 candidates, got " + SearchLog.read(log).candidates());
        }
        System.out.println(
                "User's project " + arguments[0] + ": " + SearchLog.read(log).candidates());
    }

    public static final class Points implements DataSource {

        @Override
        public void configure(Properties properties) {}

        @Override
        public Object trainData() {
            return new ExistingDataSetIterator(new DataSet(
                            Nd4j.linspace(-1, 1, 96, DataType.FLOAT).reshape(24, 4),
                            Nd4j.tile(Nd4j.eye(2), 12, 1).castTo(DataType.FLOAT))
                    .batchBy(8));
        }

        @Override
        public Object testData() {
            return trainData();
        }

        @Override
        public Class<?> getDataType() {
            return DataSetIterator.class;
        }
    }
}
