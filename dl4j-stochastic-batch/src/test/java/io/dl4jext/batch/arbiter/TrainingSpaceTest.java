package io.dl4jext.batch.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.arbiter.AllCandidatesDone;
import io.dl4jext.fisher.arbiter.CandidateTaskCreator;
import io.dl4jext.fisher.arbiter.ChoiceSpace;
import io.dl4jext.fisher.arbiter.CompositeSpace;
import io.dl4jext.fisher.arbiter.FisherCandidates;
import io.dl4jext.fisher.arbiter.ResumableGenerator;
import io.dl4jext.fisher.arbiter.SearchLog;
import io.dl4jext.fisher.arbiter.SettingsSpace;
import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import io.dl4jext.stochastic.GroupBy;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.deeplearning4j.arbiter.ComputationGraphSpace;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.GraphConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.layers.DenseLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.saving.InMemoryResultSaver;
import org.deeplearning4j.arbiter.optimize.api.saving.ResultReference;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.integer.IntegerParameterSpace;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.arbiter.optimize.serde.jackson.JsonMapper;
import org.deeplearning4j.arbiter.scoring.impl.TestSetLossScoreFunction;
import org.deeplearning4j.arbiter.task.TaskListener;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;

/** A candidate of a search is the network that a user trains by hand with the same settings, to the last bit. */
class TrainingSpaceTest {

    private static final int EPOCHS = 4;

    @TempDir
    Path folder;

    public static final class Points implements DataSource {

        private static final long serialVersionUID = 1L;

        @Override
        public void configure(Properties properties) {}

        @Override
        public Object trainData() {
            return points(1);
        }

        @Override
        public Object testData() {
            return points(2);
        }

        @Override
        public Class<?> getDataType() {
            return DataSetIterator.class;
        }
    }

    private static DataSetIterator points(long seed) {
        Random random = new Random(seed);
        INDArray features = Nd4j.zeros(DataType.FLOAT, 42, 3);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 42, 2);
        for (int i = 0; i < 42; i++) {
            for (int j = 0; j < 3; j++) {
                features.putScalar(i, j, random.nextGaussian());
            }
            labels.putScalar(i, features.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new ExistingDataSetIterator(new DataSet(features, labels).batchBy(10));
    }

    private static ParameterSpace<IUpdater> stochasticBatch() {
        return SettingsSpace.of(
                        IUpdater.class,
                        StochasticBatch.builder().groupBy(GroupBy.TENSOR).build())
                .search("alpha", new ContinuousParameterSpace(0.05, 0.5))
                .search("lambda", new ContinuousParameterSpace(-6, -2))
                .search("momentum", new DiscreteParameterSpace<>(0.0, 0.9))
                .search("seed", new IntegerParameterSpace(1, 1000))
                .search("groupBy", new DiscreteParameterSpace<>(GroupBy.values()));
    }

    private static MultiLayerSpace layers(ParameterSpace<IUpdater> updater) {
        return new MultiLayerSpace.Builder()
                .seed(7)
                .updater(updater)
                .addLayer(new DenseLayerSpace.Builder()
                        .nIn(3)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .addLayer(new OutputLayerSpace.Builder()
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .numEpochs(EPOCHS)
                .build();
    }

    private static ComputationGraphSpace graph(ParameterSpace<IUpdater> updater) {
        return new ComputationGraphSpace.Builder()
                .seed(7)
                .updater(updater)
                .addInputs("in")
                .setInputTypes(InputType.feedForward(3))
                .addLayer("hidden", new DenseLayerSpace.Builder().nOut(4).build(), "in")
                .addLayer(
                        "out",
                        new OutputLayerSpace.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .lossFunction(LossFunction.MCXENT)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .numEpochs(EPOCHS)
                .build();
    }

    private static <C> TrainingSpace<C> training(ParameterSpace<C> network) {
        return TrainingSpace.builder(network)
                .batchSizes(ChoiceSpace.of(
                        ChoiceSpace.of(
                                BatchSchedule.class, BatchSchedule.staged(EPOCHS, 5, 16), BatchSchedule.constant(7)),
                        SettingsSpace.of(BatchSchedule.class, BatchSchedule.linear(ScheduleType.ITERATION, 4, 20, 10))
                                .search("to", new IntegerParameterSpace(8, 40))))
                .microBatchSize(new IntegerParameterSpace(3, 9))
                .learningRateScaling(ChoiceSpace.of(
                        LearningRateScaling.class, LearningRateScaling.none(), LearningRateScaling.linear(8)))
                .build();
    }

    /**
     * The last that is called: its interruption ends at once the two seconds for which each of Arbiter's tasks sleeps.
     */
    private static final class Hurry implements TaskListener {

        private static final long serialVersionUID = 1L;

        @Override
        @SuppressWarnings("rawtypes")
        public <T extends Model> T preProcess(T network, Candidate candidate) {
            return network;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void postProcess(Model network, Candidate candidate) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<Integer, ResultReference> search(
            ParameterSpace<?> space, Path log, int candidates, boolean throughJson) throws Exception {
        OptimizationConfiguration search = new OptimizationConfiguration.Builder()
                .candidateGenerator(ResumableGenerator.of(new RandomSearchGenerator(space), log, candidates))
                .rngSeed(3)
                .dataSource(Points.class, null)
                .modelSaver(new InMemoryResultSaver())
                .scoreFunction(new TestSetLossScoreFunction())
                .terminationConditions(new AllCandidatesDone())
                .build();
        LocalOptimizationRunner runner = new LocalOptimizationRunner(
                throughJson ? OptimizationConfiguration.fromJson(search.toJson()) : search,
                new CandidateTaskCreator(new Hurry(), new BatchCandidates()));
        runner.execute();
        assertThat(runner.getCandidateStatus()).allMatch(status -> status.getExceptionStackTrace() == null);
        Map<Integer, ResultReference> results = new TreeMap<>();
        for (ResultReference result : runner.getResults()) {
            results.put(result.getResult().getIndex(), result);
        }
        return results;
    }

    private static Model trainedByHand(TrainingSpace<?> space, double[] values) {
        Object configuration = space.getValue(values);
        Model network = configuration instanceof DL4JConfiguration
                ? new MultiLayerNetwork(((DL4JConfiguration) configuration).getMultiLayerConfiguration())
                : new ComputationGraph(((GraphConfiguration) configuration).getConfiguration());
        network.init();
        StochasticBatchListener.attachTo(network);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(points(1), space.batchSizes(values))
                .microBatchSize(space.microBatchSize(values))
                .learningRateScaling(space.learningRateScaling(values))
                .build();
        batches.attachTo(network);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            ((org.deeplearning4j.nn.api.NeuralNetwork) network).fit(batches);
        }
        return network;
    }

    @Test
    void candidatesAreTrainedInTheirBatches() throws Exception {
        TrainingSpace<DL4JConfiguration> space = training(layers(stochasticBatch()));
        Map<Integer, ResultReference> results = search(space, folder.resolve("layers.jsonl"), 3, true);
        assertThat(results).hasSize(3);
        for (ResultReference result : results.values()) {
            double[] values = result.getResult().getCandidate().getFlatParameters();
            assertThat(((Model) result.getResultModel()).params())
                    .isEqualTo(trainedByHand(space, values).params());
        }
    }

    @Test
    @Tag("slow")
    void graphsToo() throws Exception {
        TrainingSpace<GraphConfiguration> space = training(graph(stochasticBatch()));
        Path log = folder.resolve("graph.jsonl");
        Map<Integer, ResultReference> results = search(space, log, 4, false);
        for (ResultReference result : results.values()) {
            double[] values = result.getResult().getCandidate().getFlatParameters();
            assertThat(((Model) result.getResultModel()).params())
                    .isEqualTo(trainedByHand(space, values).params());
        }
        assertThat(SearchLog.read(log).candidates()).hasSize(4).allMatch(SearchLog.Entry::isComplete);
    }

    /** One of two training spaces: the batches are those of the one that was chosen. */
    @Test
    @Tag("slow")
    void aTrainingSpaceMayBeOneOfSeveral() throws Exception {
        ParameterSpace<IUpdater> sgd = SettingsSpace.of(IUpdater.class, new Sgd(0.1));
        ParameterSpace<DL4JConfiguration> space = ChoiceSpace.of(
                TrainingSpace.builder(layers(sgd))
                        .batchSize(new IntegerParameterSpace(21, 21))
                        .build(),
                TrainingSpace.builder(layers(sgd))
                        .batchSize(new IntegerParameterSpace(14, 14))
                        .build());
        Path log = folder.resolve("choice.jsonl");
        Map<Integer, ResultReference> results = search(space, log, 1, true);
        for (SearchLog.Entry entry : SearchLog.read(log).candidates()) {
            Model network = (Model) results.get(entry.candidate()).getResultModel();
            assertThat(((MultiLayerNetwork) network).getIterationCount())
                    .isEqualTo(entry.parameters()[0] < 0.5 ? 2 * EPOCHS : 3 * EPOCHS);
        }
        for (double[] values : new double[][] {{0.1, 0, 0}, {0.9, 0, 0}}) {
            assertThat(CompositeSpace.find(TrainingSpace.class, space, values))
                    .hasValueSatisfying(chosen -> assertThat(chosen.batchSizes(values))
                            .isEqualTo(BatchSchedule.constant(values[0] < 0.5 ? 21 : 14)));
        }
    }

    /** Whatever the order of the listeners: no batch is trained on after the measurement that ends it. */
    @Test
    @Tag("slow")
    void hopelessCandidatesEndAtTheNextBatch() throws Exception {
        ParameterSpace<DL4JConfiguration> space = TrainingSpace.builder(
                        layers(SettingsSpace.of(IUpdater.class, new Sgd(0.1))))
                .batchSize(new IntegerParameterSpace(6, 6))
                .build();
        FisherCandidates ended = FisherCandidates.measuredBy(
                        candidate -> FisherListener.builder().everyIterations(1))
                .endedWhen(() -> FisherTerminationCondition.energyAbove(1e-9).notBefore(12));
        for (List<TaskListener> order : List.of(
                List.<TaskListener>of(new Hurry(), ended, new BatchCandidates()),
                List.<TaskListener>of(new Hurry(), new BatchCandidates(), ended))) {
            OptimizationConfiguration search = new OptimizationConfiguration.Builder()
                    .candidateGenerator(ResumableGenerator.of(
                            new RandomSearchGenerator(space), folder.resolve(order.indexOf(ended) + ".jsonl"), 1))
                    .dataSource(Points.class, null)
                    .modelSaver(new InMemoryResultSaver())
                    .scoreFunction(new TestSetLossScoreFunction())
                    .terminationConditions(new AllCandidatesDone())
                    .build();
            LocalOptimizationRunner runner =
                    new LocalOptimizationRunner(search, new CandidateTaskCreator(order.toArray(new TaskListener[0])));
            runner.execute();
            Model network = (Model) runner.getResults().get(0).getResultModel();
            assertThat(((MultiLayerNetwork) network).getIterationCount()).isEqualTo(2);
        }
    }

    @Test
    void readBackFromJsonItDrawsTheSame() throws Exception {
        TrainingSpace<DL4JConfiguration> space = training(layers(stochasticBatch()));
        RandomSearchGenerator generator = new RandomSearchGenerator(space);
        generator.setRngSeed(5);
        TrainingSpace<?> read = (TrainingSpace<?>) JsonMapper.getMapper()
                .readValue(JsonMapper.getMapper().writeValueAsString(space), ParameterSpace.class);
        for (int i = 0; i < 50; i++) {
            double[] values = ((Candidate<?>) generator.getCandidate()).getFlatParameters();
            assertThat(read.getValue(values)).isEqualTo(space.getValue(values));
            assertThat(read.batchSizes(values)).isEqualTo(space.batchSizes(values));
            assertThat(read.microBatchSize(values)).isEqualTo(space.microBatchSize(values));
            assertThat(read.learningRateScaling(values)).isEqualTo(space.learningRateScaling(values));
        }
    }

    /** Every kind of schedule can be searched: its JSON names its settings. */
    @Test
    void everySchedulesSettingsAreSearched() {
        for (BatchSchedule schedule : new BatchSchedule[] {
            BatchSchedule.named("s16-to-64", 10),
            BatchSchedule.named("s32-to-512-MS", 10),
            BatchSchedule.constant(3),
            BatchSchedule.doubling(4, 64, 6, 12),
            BatchSchedule.multiStep(ScheduleType.EPOCH, 8, 2.5, 3, 6),
            BatchSchedule.geometric(ScheduleType.EPOCH, 4, 64, 10),
            BatchSchedule.piecewise(ScheduleType.EPOCH, Map.of(0, 4, 3, 9)),
            BatchSchedule.warmUp(ScheduleType.EPOCH, 2, 3, BatchSchedule.constant(30))
        }) {
            SettingsSpace<BatchSchedule> space = SettingsSpace.of(BatchSchedule.class, schedule);
            assertThat(space.getValue(new double[0])).isEqualTo(schedule);
        }
        SettingsSpace<BatchSchedule> warmUp = SettingsSpace.of(
                        BatchSchedule.class, BatchSchedule.warmUp(ScheduleType.EPOCH, 2, 3, BatchSchedule.constant(30)))
                .search("length", new IntegerParameterSpace(5, 5))
                .search(
                        "then",
                        ChoiceSpace.of(BatchSchedule.class, BatchSchedule.constant(40), BatchSchedule.constant(50)));
        new RandomSearchGenerator(warmUp);
        assertThat(warmUp.getValue(new double[] {0.5, 0.9}))
                .isEqualTo(BatchSchedule.warmUp(ScheduleType.EPOCH, 2, 5, BatchSchedule.constant(50)));
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> TrainingSpace.builder(null)).hasMessageContaining("space of networks, got null");
        assertThatThrownBy(
                        () -> TrainingSpace.builder(layers(stochasticBatch())).build())
                .hasMessageContaining("batchSize(...) or batchSizes(...)");
        assertThatThrownBy(
                        () -> TrainingSpace.builder(layers(stochasticBatch())).microBatchSize(null))
                .hasMessageContaining("for microBatchSize, got null");
    }
}
