package io.dl4jext.fisher.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.arbiter.ComputationGraphSpace;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.GraphConfiguration;
import org.deeplearning4j.arbiter.MultiLayerSpace;
import org.deeplearning4j.arbiter.conf.updater.SgdSpace;
import org.deeplearning4j.arbiter.layers.DenseLayerSpace;
import org.deeplearning4j.arbiter.layers.OutputLayerSpace;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.api.TaskCreator;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.saving.InMemoryResultSaver;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.generator.GridSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.arbiter.scoring.impl.TestSetLossScoreFunction;
import org.deeplearning4j.arbiter.task.TaskListener;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxTimeIterationTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Whole searches. Arbiter's tasks collect garbage and sleep for two seconds each, so that most are slow. */
class FisherSearchTest {

    private static final double[] RATES = {0.05, 0.2, 0.8};

    private static final int THREADS = 3;

    @TempDir
    Path folder;

    /** A data source as a user writes it. */
    public static final class Points implements DataSource {

        private static final long serialVersionUID = 1L;

        private int batchSize;

        @Override
        public void configure(Properties properties) {
            batchSize = Integer.parseInt(properties.getProperty("batchSize"));
        }

        @Override
        public Object trainData() {
            return points(1, batchSize);
        }

        @Override
        public Object testData() {
            return points(2, batchSize);
        }

        @Override
        public Class<?> getDataType() {
            return DataSetIterator.class;
        }
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

    private static DataSetIterator points(long seed, int batchSize) {
        INDArray features = Nd4j.rand(DataType.FLOAT, 40, 3);
        java.util.Random random = new java.util.Random(seed);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 40, 2);
        for (int i = 0; i < 40; i++) {
            for (int j = 0; j < 3; j++) {
                features.putScalar(i, j, random.nextGaussian());
            }
            labels.putScalar(i, features.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new ExistingDataSetIterator(new DataSet(features, labels).batchBy(batchSize));
    }

    private static MultiLayerSpace.Builder layers() {
        return new MultiLayerSpace.Builder()
                .seed(7)
                .updater(new SgdSpace(new DiscreteParameterSpace<>(RATES[0], RATES[1], RATES[2])))
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
                .numEpochs(3);
    }

    private static ComputationGraphSpace graph() {
        return new ComputationGraphSpace.Builder()
                .seed(7)
                .updater(new SgdSpace(new DiscreteParameterSpace<>(RATES[0], RATES[1], RATES[2])))
                .addInputs("in")
                .setInputTypes(InputType.feedForward(3))
                .addLayer(
                        "hidden",
                        new DenseLayerSpace.Builder()
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "in")
                .addLayer(
                        "out",
                        new OutputLayerSpace.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .lossFunction(LossFunction.MCXENT)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .numEpochs(3)
                .build();
    }

    private static OptimizationConfiguration.Builder search(ParameterSpace<?> space, ScoreFunction score) {
        Properties properties = new Properties();
        properties.setProperty("batchSize", "8");
        return new OptimizationConfiguration.Builder()
                .candidateGenerator(new GridSearchCandidateGenerator(
                        space, 3, GridSearchCandidateGenerator.Mode.Sequential, Map.of()))
                .dataSource(Points.class, properties)
                .modelSaver(new InMemoryResultSaver())
                .scoreFunction(score)
                .terminationConditions(new AllCandidatesDone());
    }

    /** All candidates at once, as a runner of several threads has them. */
    private static Map<Integer, OptimizationResult> results(OptimizationConfiguration search, TaskListener... listeners)
            throws Exception {
        List<TaskListener> all = new ArrayList<>(List.of(new Hurry()));
        all.addAll(List.of(listeners));
        TaskCreator creator = new CandidateTaskCreator(all.toArray(new TaskListener[0]));
        LocalOptimizationRunner runner = new LocalOptimizationRunner(2, search, creator);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<OptimizationResult>> running = new ArrayList<>();
        while (search.getCandidateGenerator().hasMoreCandidates()) {
            Candidate<?> candidate = search.getCandidateGenerator().getCandidate();
            running.add(threads.submit(
                    search.getDataProvider() == null
                            ? creator.create(
                                    candidate,
                                    search.getDataSource(),
                                    search.getDataSourceProperties(),
                                    search.getScoreFunction(),
                                    List.of(),
                                    runner)
                            : creator.create(
                                    candidate,
                                    search.getDataProvider(),
                                    search.getScoreFunction(),
                                    List.of(),
                                    runner)));
        }
        Map<Integer, OptimizationResult> results = new TreeMap<>();
        for (Future<OptimizationResult> task : running) {
            results.put(task.get().getIndex(), task.get());
        }
        threads.shutdown();
        return results;
    }

    private static Map<Integer, Double> scores(OptimizationConfiguration search, TaskListener... listeners)
            throws Exception {
        Map<Integer, Double> scores = new TreeMap<>();
        results(search, listeners).forEach((number, result) -> {
            assertThat(result.getCandidateInfo().getExceptionStackTrace()).isNull();
            scores.put(number, result.getScore());
        });
        return scores;
    }

    private static FisherListener.Builder everyStep() {
        return FisherListener.builder().everyIterations(1).failFast(true);
    }

    /** What a search is to find: the candidate's configuration trained by hand. */
    private static FisherHistory byHand(double rate, int epochs) {
        MultiLayerConfiguration configuration = configuration(rate);
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        FisherListener fisher = everyStep().build();
        network.addListeners(fisher);
        DataSetIterator data = points(1, 8);
        for (int epoch = 0; epoch < epochs; epoch++) {
            network.fit(data);
        }
        return fisher.history();
    }

    private static MultiLayerConfiguration configuration(double rate) {
        MultiLayerSpace space = layers().build();
        GridSearchCandidateGenerator grid =
                new GridSearchCandidateGenerator(space, 3, GridSearchCandidateGenerator.Mode.Sequential, Map.of());
        for (double each : RATES) {
            DL4JConfiguration drawn = (DL4JConfiguration) ((Candidate<?>) grid.getCandidate()).getValue();
            if (each == rate) {
                return drawn.getMultiLayerConfiguration();
            }
        }
        throw new AssertionError(rate);
    }

    private static void assertScores(Map<Integer, Double> scores, ToDoubleFunction<FisherHistory> expected) {
        assertThat(scores).hasSize(RATES.length);
        for (int i = 0; i < RATES.length; i++) {
            assertThat(scores.get(i)).isCloseTo(expected.applyAsDouble(byHand(RATES[i], 3)), within(1e-6));
        }
    }

    @Test
    void candidatesAreScoredByTheirPlaceInThePlane() throws Exception {
        FisherCandidates measured = FisherCandidates.measuredBy(candidate -> everyStep());
        assertScores(
                scores(search(layers().build(), FisherScore.conditionNumber()).build(), measured),
                history -> history.summary().averageConditionNumber());
        Beacon beacon = Beacon.of(byHand(0.2, 3));
        Map<Integer, Double> distances =
                scores(search(graph(), FisherScore.distance(beacon)).build(), measured);
        assertScores(distances, history -> beacon.distance(history.summary()));
        assertThat(distances.get(1)).isEqualTo(0);
    }

    /** After they are scored, or have failed. */
    @Test
    void theListenersOfCandidatesAreClosed() throws Exception {
        Map<Integer, List<String>> files = new ConcurrentHashMap<>();
        FisherCandidates measured = FisherCandidates.measuredBy(candidate -> {
            List<String> file = files.computeIfAbsent(
                    candidate.getIndex(), index -> Collections.synchronizedList(new ArrayList<>()));
            return everyStep().sink(new FisherSink() {
                @Override
                public void accept(FisherMeasurement measurement, FisherSummary soFar) {
                    file.add("row");
                }

                @Override
                public void close() {
                    file.add("closed");
                }
            });
        });
        Map<Integer, OptimizationResult> results =
                results(search(graph(), FisherScore.energy()).build(), measured, new FailingAtItsData(1));
        assertThat(results.get(1).getCandidateInfo().getExceptionStackTrace()).contains("on purpose");
        assertThat(results.get(2).getScore())
                .isCloseTo(byHand(RATES[2], 3).summary().cumulativeEnergy(), within(1e-6));
        assertThat(files.get(1)).containsExactly("closed");
        for (int index : new int[] {0, 2}) {
            assertThat(files.get(index)).hasSize(16).endsWith("closed").containsOnlyOnce("closed");
        }
    }

    private static final class FailingAtItsData implements CandidateListener {

        private static final long serialVersionUID = 1L;

        private final int index;

        FailingAtItsData(int index) {
            this.index = index;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public <T extends Model> T preProcess(T network, Candidate candidate) {
            return network;
        }

        @Override
        public Object trainingData(Object data, Model network, Candidate<?> candidate, ParameterSpace<?> space) {
            if (candidate.getIndex() == index) {
                throw new IllegalStateException("on purpose");
            }
            return data;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void postProcess(Model network, Candidate candidate) {}
    }

    @Test
    @Tag("slow")
    void aScoreAddsALoss() throws Exception {
        FisherCandidates measured = FisherCandidates.measuredBy(candidate -> everyStep());
        ScoreFunction loss = new TestSetLossScoreFunction();
        Map<Integer, Double> losses = scores(search(layers().build(), loss).build());
        Map<Integer, Double> both = scores(
                search(layers().build(), FisherScore.energy().plus(0.5, loss)).build(), measured);
        assertScores(both, history -> history.summary().cumulativeEnergy() + 0.5 * losses.get(rateOf(history)));
        assertThatThrownBy(() -> FisherScore.energy().plus(0, loss))
                .hasMessageContaining("weight > 0 and finite, got 0");
        assertThatThrownBy(() -> FisherScore.energy().plus(1, null)).hasMessageContaining("to minimise");
        assertThatThrownBy(() -> FisherScore.energy().plus(1, loss).plus(1, loss))
                .hasMessageContaining("one other");
    }

    private static int rateOf(FisherHistory history) {
        double rate = history.measurements().get(0).learningRate();
        for (int i = 0; i < RATES.length; i++) {
            if (Math.abs(RATES[i] - rate) < 1e-6) {
                return i;
            }
        }
        throw new AssertionError(rate);
    }

    /** Early stopping hands a copy of the best network to the score, which has no listeners of its own. */
    @Test
    @Tag("slow")
    void candidatesThatStopEarlyAreMeasured() throws Exception {
        EarlyStoppingConfiguration<MultiLayerNetwork> early = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new SerializableLoss())
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        MultiLayerSpace space = layers().earlyStoppingConfiguration(early).build();
        assertScores(
                scores(
                        search(space, FisherScore.energy()).build(),
                        FisherCandidates.measuredBy(candidate -> everyStep())),
                history -> history.summary().cumulativeEnergy());
    }

    /** DL4J's own is not Serializable with its data, and Arbiter serialises every candidate. */
    private static final class SerializableLoss implements ScoreCalculator<MultiLayerNetwork> {

        private static final long serialVersionUID = 1L;

        @Override
        public double calculateScore(MultiLayerNetwork network) {
            return new DataSetLossCalculator(points(2, 8), true).calculateScore(network);
        }

        @Override
        public boolean minimizeScore() {
            return true;
        }
    }

    /** As the same candidates trained by hand up to the first measurement beyond the limit. */
    @Test
    @Tag("slow")
    void hopelessCandidatesEndEarly() throws Exception {
        double limit = byHand(0.2, 3).summary().cumulativeEnergy();
        Map<Integer, FisherListener> listeners = new ConcurrentHashMap<>();
        TaskListener kept = new Kept(listeners);
        FisherCandidates ended = FisherCandidates.measuredBy(candidate -> everyStep())
                .endedWhen(() -> FisherTerminationCondition.energyAbove(limit));
        scores(search(layers().build(), FisherScore.energy()).build(), ended, kept);
        scores(search(graph(), FisherScore.energy()).build(), ended, kept);
        for (int i = 0; i < RATES.length; i++) {
            FisherHistory whole = byHand(RATES[i], 3);
            int expected = (int) whole.summaries().stream()
                            .filter(summary -> summary.cumulativeEnergy() <= limit)
                            .count()
                    + (whole.summary().cumulativeEnergy() > limit ? 1 : 0);
            for (int search : new int[] {0, 1}) {
                assertThat(listeners.get(100 * search + i).history().measurements())
                        .hasSize(expected);
            }
        }
        assertThat(listeners.get(2).history().measurements()).hasSizeLessThan(15);
        assertThat(listeners.get(0).history().measurements()).hasSize(15);
    }

    /** DL4J's trainer asks its own limit after batches only, and would wait for the next one forever. */
    @Test
    @Tag("slow")
    @Timeout(120)
    void hopelessCandidatesThatStopEarlyEnd() throws Exception {
        for (int epochs : new int[] {0, 1000}) {
            EarlyStoppingConfiguration.Builder<MultiLayerNetwork> early = new EarlyStoppingConfiguration.Builder<
                            MultiLayerNetwork>()
                    .scoreCalculator(new CountedLoss())
                    .modelSaver(new InMemoryModelSaver<>());
            if (epochs == 0) {
                early.iterationTerminationConditions(new MaxTimeIterationTerminationCondition(1, TimeUnit.HOURS));
            } else {
                early.epochTerminationConditions(new MaxEpochsTerminationCondition(epochs));
            }
            CountedLoss.CALLS.set(0);
            EarlyStoppingConfiguration<MultiLayerNetwork> configuration = early.build();
            MultiLayerSpace space =
                    layers().earlyStoppingConfiguration(configuration).build();
            Map<Integer, Double> scores = scores(
                    search(space, FisherScore.energy()).build(),
                    FisherCandidates.measuredBy(candidate -> everyStep())
                            .endedWhen(() -> FisherTerminationCondition.energyAbove(1e-12)));
            assertThat(scores.values()).hasSize(RATES.length).allMatch(score -> score > 0);
            assertThat(CountedLoss.CALLS).hasValue(RATES.length);
            assertThat(configuration.getEpochTerminationConditions()).hasSize(epochs == 0 ? 0 : 1);
        }
    }

    /** A candidate has its own configuration again, for who asks for it afterwards; of a failure no listener is told. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(booleans = {false, true})
    void candidatesThatStopEarlyKeepTheirConfiguration(boolean fails) throws Exception {
        EarlyStoppingConfiguration<MultiLayerNetwork> early = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                .scoreCalculator(new SerializableLoss())
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        Seen seen = new Seen(fails);
        Map<Integer, OptimizationResult> results = results(
                search(layers().earlyStoppingConfiguration(early).build(), FisherScore.energy())
                        .build(),
                FisherCandidates.measuredBy(candidate -> everyStep())
                        .endedWhen(() -> FisherTerminationCondition.energyAbove(1e-12)),
                seen);
        assertThat(seen.conditions).hasSize(RATES.length).allMatch(conditions -> conditions == 2);
        assertThat(seen.candidates).hasSize(RATES.length).allMatch(candidate -> Seen.conditions(candidate) == 1);
        assertThat(results.values())
                .allMatch(result -> fails == (result.getCandidateInfo().getExceptionStackTrace() != null));
    }

    /** The candidates, and how many conditions their early stopping has while they are trained. */
    private static final class Seen implements TaskListener {

        private static final long serialVersionUID = 1L;

        private final transient List<Candidate<?>> candidates = new CopyOnWriteArrayList<>();
        private final transient List<Integer> conditions = new CopyOnWriteArrayList<>();
        private final boolean fails;

        Seen(boolean fails) {
            this.fails = fails;
        }

        static int conditions(Candidate<?> candidate) {
            return ((DL4JConfiguration) candidate.getValue())
                    .getEarlyStoppingConfiguration()
                    .getEpochTerminationConditions()
                    .size();
        }

        @Override
        @SuppressWarnings("rawtypes")
        public <T extends Model> T preProcess(T network, Candidate candidate) {
            candidates.add(candidate);
            conditions.add(conditions(candidate));
            if (fails) {
                throw new IllegalStateException("on purpose");
            }
            return network;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void postProcess(Model network, Candidate candidate) {}
    }

    private static final class CountedLoss implements ScoreCalculator<MultiLayerNetwork> {

        private static final long serialVersionUID = 1L;

        static final AtomicInteger CALLS = new AtomicInteger();

        @Override
        public double calculateScore(MultiLayerNetwork network) {
            CALLS.incrementAndGet();
            return new SerializableLoss().calculateScore(network);
        }

        @Override
        public boolean minimizeScore() {
            return true;
        }
    }

    private static final class Kept implements TaskListener {

        private static final long serialVersionUID = 1L;

        private final transient Map<Integer, FisherListener> listeners;

        Kept(Map<Integer, FisherListener> listeners) {
            this.listeners = listeners;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public <T extends Model> T preProcess(T network, Candidate candidate) {
            boolean graph = candidate.getValue() instanceof GraphConfiguration;
            FisherListener fisher =
                    (FisherListener) io.dl4jext.fisher.internal.capture.Network.of(network).listeners().stream()
                            .filter(listener -> listener instanceof FisherListener)
                            .findFirst()
                            .orElseThrow();
            listeners.put((graph ? 100 : 0) + candidate.getIndex(), fisher);
            return network;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void postProcess(Model network, Candidate candidate) {}
    }

    @Test
    @Tag("slow")
    void listenersAreCalledInOrderAndBack() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        OptimizationConfiguration search =
                search(layers().build(), new TestSetLossScoreFunction()).build();
        new LocalOptimizationRunner(1, search, new CandidateTaskCreator(new Noted("a", calls), new Noted("b", calls)))
                .execute();
        assertThat(calls.subList(0, 6))
                .containsExactly("a before", "b before", "a data", "b data", "b after", "a after");
        assertThat(calls).hasSize(18);
    }

    private static final class Noted implements CandidateListener {

        private static final long serialVersionUID = 1L;

        private final String name;
        private final transient List<String> calls;

        Noted(String name, List<String> calls) {
            this.name = name;
            this.calls = calls;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public <T extends Model> T preProcess(T network, Candidate candidate) {
            calls.add(name + " before");
            return network;
        }

        @Override
        public Object trainingData(Object data, Model network, Candidate<?> candidate, ParameterSpace<?> space) {
            assertThat(space).isInstanceOf(MultiLayerSpace.class);
            assertThat(network).isInstanceOf(MultiLayerNetwork.class);
            calls.add(name + " data");
            return data;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void postProcess(Model network, Candidate candidate) {
            calls.add(name + " after");
        }
    }

    /** The older way to give a search its data, with data for several inputs. */
    @Test
    @Tag("slow")
    @SuppressWarnings("deprecation")
    void dataProvidersWorkToo() throws Exception {
        OptimizationConfiguration search = new OptimizationConfiguration.Builder()
                .candidateGenerator(new GridSearchCandidateGenerator(
                        graph(), 3, GridSearchCandidateGenerator.Mode.Sequential, Map.of()))
                .dataProvider(new MultiPoints())
                .modelSaver(new InMemoryResultSaver())
                .scoreFunction(FisherScore.energy())
                .terminationConditions(new AllCandidatesDone())
                .build();
        FisherCandidates ended = FisherCandidates.measuredBy(candidate -> everyStep())
                .endedWhen(() -> FisherTerminationCondition.energyAbove(1e9));
        assertScores(scores(search, ended), history -> history.summary().cumulativeEnergy());
    }

    @SuppressWarnings("deprecation")
    private static final class MultiPoints implements DataProvider {

        private static final long serialVersionUID = 1L;

        @Override
        public Object trainData(Map<String, Object> dataParameters) {
            return new MultiDataSetIteratorAdapter(points(1, 8));
        }

        @Override
        public Object testData(Map<String, Object> dataParameters) {
            return new MultiDataSetIteratorAdapter(points(2, 8));
        }

        @Override
        public Class<?> getDataType() {
            return MultiDataSetIteratorAdapter.class;
        }
    }

    @Test
    @Tag("slow")
    void aSearchWithoutMeasuresIsToldWhatItLacks() throws Exception {
        OptimizationConfiguration search =
                search(layers().build(), FisherScore.energy()).build();
        assertThat(results(search).values())
                .hasSize(3)
                .allMatch(result -> result.getCandidateInfo()
                        .getExceptionStackTrace()
                        .contains(
                                "Expected a candidate with a FisherListener: give the search a CandidateTaskCreator"));
    }

    /** Candidates that fail in training are known to the log of a search, so that they are not run twice. */
    @Test
    @Tag("slow")
    void failedTrainingsAreWrittenDown() throws Exception {
        Path log = folder.resolve("search.jsonl");
        OptimizationConfiguration search = search(layers().build(), FisherScore.energy())
                .candidateGenerator(ResumableGenerator.of(
                        new GridSearchCandidateGenerator(
                                layers().build(), 3, GridSearchCandidateGenerator.Mode.Sequential, Map.of()),
                        log,
                        100))
                .build();
        results(search);
        assertThat(SearchLog.read(log).candidates()).hasSize(3).allMatch(SearchLog.Entry::isFailed);
    }

    @Test
    @Tag("slow")
    void aWholeSearchIsReadBackFromJson() throws Exception {
        Beacon beacon = Beacon.of(byHand(0.2, 3));
        OptimizationConfiguration search = search(
                        layers().build(), FisherScore.distance(beacon).plus(0.1, new TestSetLossScoreFunction()))
                .candidateGenerator(ResumableGenerator.of(
                        new GridSearchCandidateGenerator(
                                layers().build(), 3, GridSearchCandidateGenerator.Mode.Sequential, Map.of()),
                        folder.resolve("search.jsonl"),
                        100))
                .build();
        OptimizationConfiguration read = OptimizationConfiguration.fromJson(search.toJson());
        assertThat(read.getScoreFunction()).isEqualTo(search.getScoreFunction());
        assertThat(read.getTerminationConditions()).isEqualTo(search.getTerminationConditions());
        assertThat(read.getDataSource()).isEqualTo(Points.class);
        LocalOptimizationRunner runner = new LocalOptimizationRunner(
                THREADS, read, new CandidateTaskCreator(FisherCandidates.measuredBy(candidate -> everyStep())));
        runner.execute();
        assertThat(runner.numCandidatesCompleted()).isEqualTo(3);
        assertThat(runner.bestScoreCandidateIndex()).isEqualTo(1);
        assertThat(SearchLog.read(folder.resolve("search.jsonl"))
                        .best(true)
                        .orElseThrow()
                        .candidate())
                .isEqualTo(1);
    }
}
