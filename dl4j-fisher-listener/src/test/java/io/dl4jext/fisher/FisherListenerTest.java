package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.fisher.internal.capture.GradientCapture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.InvocationType;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.slf4j.LoggerFactory;

/** C̄_K, L_K, learning rates, and what the listener says when something is not as expected. */
class FisherListenerTest {

    private static final double RELATIVE = 1e-12;
    private static final int INPUTS = 4;
    private static final int CLASSES = 3;

    private final ListAppender<ILoggingEvent> events = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(FisherListener.class);

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(events);
        logger.setAdditive(true);
        logger.setLevel(Level.OFF);
    }

    /** Also an Error, such as a class that is missing at the first row, ends the sink and nothing else. */
    @Test
    void aSinkThatFailsIsDropped() {
        int[] calls = {0, 0};
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .sink((measurement, soFar) -> {
                    calls[0]++;
                    throw new NoClassDefFoundError("some/Library");
                })
                .sink((measurement, soFar) -> calls[1]++)
                .build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        network.fit(batches(13, 5), 2);

        assertThat(calls).containsExactly(1, 6);
        assertThat(fisher.history().measurements()).hasSize(6);
        assertThat(events.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(text -> text.contains("dropped"));
    }

    /** It has all that it wanted: its listener measures no more, and training goes on. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aSinkMayCloseItsListener(int others) {
        FisherListener[] own = new FisherListener[1];
        int[] calls = {0};
        FisherListener.Builder settings = FisherListener.builder()
                .everyIterations(1)
                .sink((measurement, soFar) -> {
                    if (soFar.measurements() == 2) {
                        own[0].close();
                    }
                });
        for (int i = 0; i < others; i++) {
            settings.sink((measurement, soFar) -> calls[0]++);
        }
        own[0] = settings.build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(own[0]);
        network.fit(batches(13, 5), 2);
        assertThat(network.getIterationCount()).isEqualTo(6);
        assertThat(own[0].history().measurements()).hasSize(2);
        assertThat(calls[0]).as("closed before its second call").isEqualTo(others);
        assertThat(messages()).isEmpty();
    }

    /** The shortest series that there is, of one sample: nothing of it is given back that is still read. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSingleStepOfASingleSequence(boolean peepholes) {
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        Layer recurrent = peepholes
                ? new GravesLSTM.Builder().nOut(4).build()
                : new LSTM.Builder().nOut(4).build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .list(
                        recurrent,
                        new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nOut(2)
                                .build())
                .setInputType(InputType.recurrent(3))
                .build());
        network.init();
        network.setListeners(fisher);
        INDArray label = Nd4j.zeros(DataType.DOUBLE, 1, 2, 1);
        label.putScalar(0, 1);
        for (int i = 0; i < 3; i++) {
            network.fit(new DataSet(Nd4j.rand(DataType.DOUBLE, 1, 3, 1), label));
        }
        assertThat(fisher.history().measurements()).hasSize(3).allSatisfy(measurement -> {
            assertThat(measurement.trace()).isPositive().isFinite();
            assertThat(measurement.conditionNumber()).isEqualTo(1, within(1e-9));
        });
    }

    /** A listener before ours that evaluates at the end of each iteration leaves its own batch in the network. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void examplesAreThoseTrainedOnWhateverIsEvaluatedInBetween(int every) {
        List<FisherSummary> expected = null;
        for (boolean evaluating : new boolean[] {false, true}) {
            MultiLayerNetwork network = network(new Sgd(0.1));
            FisherListener fisher = FisherListener.builder()
                    .everyIterations(every)
                    .failFast(true)
                    .build();
            if (evaluating) {
                network.addListeners(
                        new EvaluativeListener(batches(7, 7), 1, InvocationType.EPOCH_START),
                        new EvaluativeListener(batches(7, 7), 1, InvocationType.ITERATION_END));
            }
            network.addListeners(fisher);
            network.fit(batches(13, 5), 2);
            if (evaluating) {
                assertThat(fisher.history().summaries())
                        .usingRecursiveComparison()
                        .isEqualTo(expected);
            } else {
                expected = fisher.history().summaries();
                assertThat(expected.get(expected.size() - 1).examples()).isEqualTo(every == 1 ? 26 : 18);
            }
        }
    }

    /** Gradients that another listener asks for between the iteration's own and its end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void gradientsThatAnotherListenerAsksForChangeNothing(int every) {
        DataSet others = batches(9, 9).next();
        List<FisherSummary> expected = null;
        for (int kind = 0; kind < 3; kind++) {
            boolean scored = kind == 2;
            MultiLayerNetwork network = network(new Sgd(0.1));
            FisherListener fisher = FisherListener.builder()
                    .everyIterations(every)
                    .failFast(true)
                    .build();
            if (kind > 0) {
                network.addListeners(new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        if (scored) {
                            network.setInput(others.getFeatures());
                            network.setLabels(others.getLabels());
                            network.computeGradientAndScore();
                        } else if (iteration % 2 == 1) {
                            network.calculateGradients(others.getFeatures(), others.getLabels(), null, null);
                        }
                    }
                });
            }
            network.addListeners(fisher);
            network.fit(batches(13, 5), 2);
            if (kind > 0) {
                assertThat(fisher.history().summaries())
                        .usingRecursiveComparison()
                        .isEqualTo(expected);
            } else {
                expected = fisher.history().summaries();
                assertThat(expected).hasSize(6 / every);
            }
        }
    }

    /** DL4J's line searches make passes at trial points; the iteration's is the one at its start. */
    @ParameterizedTest
    @EnumSource(OptimizationAlgorithm.class)
    void theIterationsOwnGradientIsMeasuredWhateverOptimises(OptimizationAlgorithm algorithm) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .optimizationAlgo(algorithm)
                .list()
                .layer(new DenseLayer.Builder().nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        network.init();
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        network.setListeners(fisher);
        DataSet data = batches(6, 6).next();
        for (int step = 0; step < 3; step++) {
            double trace = FisherProbe.measure(network, data).trace();
            network.fit(data);
            List<FisherMeasurement> measurements = fisher.history().measurements();
            assertThat(measurements).hasSize(step + 1);
            assertThat(measurements.get(step).trace()).isCloseTo(trace, within(1e-10 * trace));
        }
    }

    /** The update fails after its gradient is there: the next batch is another iteration's, not a stranger's. */
    @Test
    void anUpdateThatFailsCostsOneMeasurementAtMost() {
        MultiLayerNetwork network = network(new Sgd(0.1));
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        boolean[] failing = {false};
        network.setListeners(fisher, new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                if (failing[0]) {
                    throw new IllegalStateException("out of luck");
                }
            }
        });
        DataSet first = batches(4, 4).next();
        network.fit(first);
        failing[0] = true;
        assertThatThrownBy(() -> network.fit(first)).hasMessageContaining("out of luck");
        failing[0] = false;
        for (int step = 0; step < 3; step++) {
            network.fit(batches(7, 7).next());
        }
        List<FisherSummary> summaries = fisher.history().summaries();
        assertThat(summaries.get(summaries.size() - 1).examples()).isEqualTo(4 + 3 * 7);
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::batchSize)
                .containsExactly(4, 7, 7);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "3, 0", "4, 0", "3, 1", "5, 2"})
    void historyIsWhatTheDefinitionSays(int every, int denseEpochs) {
        FisherListener all = FisherListener.builder().everyIterations(1).build();
        FisherListener some = FisherListener.builder()
                .everyIterations(every)
                .denseForFirst(denseEpochs)
                .build();
        MultiLayerNetwork network = network(new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.4, 0.5, 4)));
        network.setListeners(all, some);
        // 13 samples in batches of 5: 3 iterations an epoch, the last of 3 samples; 4 epochs, 12 iterations.
        network.fit(batches(13, 5), 4);

        List<FisherMeasurement> each = all.history().measurements();
        assertThat(each).hasSize(12);
        List<Integer> due = new ArrayList<>();
        for (int k = 0; k < 12; k++) {
            if (k % every == 0 || k / 3 < denseEpochs) {
                due.add(k);
            }
        }
        FisherHistory history = some.history();
        assertThat(history.measurements())
                .extracting(FisherMeasurement::iteration)
                .isEqualTo(due);
        double conditionNumbers = 0;
        double energy = 0;
        int[] examples = new int[13];
        for (int k = 0; k < 12; k++) {
            examples[k + 1] = examples[k] + (k % 3 == 2 ? 3 : 5);
        }
        for (int i = 0; i < due.size(); i++) {
            int k = due.get(i);
            int next = i + 1 < due.size() ? due.get(i + 1) : 12;
            FisherMeasurement m = each.get(k);
            double rate = 0.4 * Math.pow(0.5, k / 4);
            int samples = k % 3 == 2 ? 3 : 5;
            assertThat(m.epoch()).isEqualTo(k / 3);
            assertThat(m.batchSize()).isEqualTo(samples);
            assertThat(m.learningRate()).isCloseTo(rate, within(RELATIVE));
            double trace = 0;
            for (double eigenvalue : m.eigenvalues()) {
                trace += eigenvalue;
            }
            assertThat(m.trace()).isCloseTo(trace, within(1e-9 * trace));
            assertThat(m.energy()).isCloseTo(rate / samples * Math.sqrt(m.trace()), within(RELATIVE));
            assertThat(history.measurements().get(i).eigenvalues())
                    .as("two listeners on one network see the same")
                    .isEqualTo(m.eigenvalues());
            conditionNumbers += m.conditionNumber();
            energy += m.energy() * (next - k);
            assertThat(history.summaries().get(i).examples()).isEqualTo(examples[k + 1]);
        }
        assertThat(history.averageConditionNumber())
                .isCloseTo(conditionNumbers / due.size(), within(RELATIVE * conditionNumbers));
        assertThat(history.cumulativeEnergy()).isCloseTo(energy, within(RELATIVE * energy));
        assertThat(history.summary().iterations()).isEqualTo(12);
        assertThat(history.summary().examples()).isEqualTo(52);
        assertThat(history.summary().measurements()).isEqualTo(due.size());
        assertThat(history.summaries()).hasSameSizeAs(due);
        assertThat(history.toString()).contains("12 iterations");
    }

    @Test
    void historyIsASnapshot() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        assertThat(fisher.history().measurements()).isEmpty();
        assertThat(fisher.history().averageConditionNumber()).isNaN();
        assertThat(fisher.history().cumulativeEnergy()).isZero();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        network.fit(batches(6, 3), 1);
        FisherHistory history = fisher.history();
        network.fit(batches(6, 3), 1);
        assertThat(history.measurements()).hasSize(2);
        assertThat(fisher.history().measurements()).hasSize(4);
        assertThatThrownBy(() -> history.measurements().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(history.measurements().get(0).gramMatrix()).isNull();
    }

    @Test
    void lossIsTheScoreOfTheNetwork() {
        FisherListener fisher = FisherListener.builder().build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        network.fit(batches(5, 5), 1);
        assertThat(fisher.history().measurements().get(0).loss()).isEqualTo(network.score());
    }

    /** DL4J's backward pass overwrites the layer's input, of which the score is computed afterwards. */
    @ParameterizedTest
    @CsvSource({"MSE, TANH, false", "XENT, SIGMOID, false", "MSE, IDENTITY, true", "MCXENT, SOFTMAX, true"})
    void lossOfALossLayerIsDl4jsScore(LossFunction loss, Activation activation, boolean right) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .list(
                        new DenseLayer.Builder()
                                .nIn(3)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        new LossLayer.Builder(loss).activation(activation).build())
                .build());
        network.init();
        DataSet data = new DataSet(
                Nd4j.linspace(DataType.DOUBLE, -1, 0.2, 12).reshape(4, 3),
                Nd4j.create(new double[][] {{1, 0}, {0, 1}, {0, 1}, {1, 0}}).castTo(DataType.DOUBLE));
        double before = network.score(data);
        double mean = Arrays.stream(PerSampleGradients.of(network, data).losses())
                .average()
                .orElseThrow();
        FisherListener fisher = FisherListener.builder().build();
        network.setListeners(fisher);
        network.fit(data);

        assertThat(mean).isCloseTo(before, within(1e-12));
        assertThat(fisher.history().measurements().get(0).loss()).isEqualTo(network.score());
        assertThat(Math.abs(network.score() - before) < 1e-12).isEqualTo(right);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void schedulesByEpoch(boolean graph) {
        ISchedule byEpoch = new MapSchedule.Builder(ScheduleType.EPOCH)
                .add(0, 0.3)
                .add(1, 0.2)
                .add(2, 0.05)
                .build();
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Adam(byEpoch));
        if (graph) {
            ComputationGraph converted = Case.asGraph(network, Case.base(setting()));
            converted.setListeners(fisher);
            converted.fit(batches(6, 3), 3);
        } else {
            network.setListeners(fisher);
            network.fit(batches(6, 3), 3);
        }
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::learningRate)
                .containsExactly(0.3, 0.3, 0.2, 0.2, 0.05, 0.05);
    }

    @Test
    void differentRatesAreAveragedOverParametersAndSaidOnce() {
        MultiLayerNetwork network = network(new Sgd(0.1), new Sgd(0.5));
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        network.setListeners(fisher);
        network.fit(batches(6, 3), 2);
        double hidden = INPUTS * 5 + 5;
        double output = 5 * CLASSES + CLASSES;
        assertThat(fisher.history().measurements().get(3).learningRate())
                .isCloseTo((0.1 * hidden + 0.5 * output) / (hidden + output), within(RELATIVE));
        assertThat(messages())
                .filteredOn(m -> m.contains("Learning rates differ"))
                .hasSize(1);
    }

    @Test
    void noRateGivesNaNAndIsSaidOnce() {
        for (IUpdater updater : List.of(new AdaDelta(), new NoOp())) {
            events.list.clear();
            FisherListener fisher = FisherListener.builder().everyIterations(1).build();
            MultiLayerNetwork network = network(updater);
            network.setListeners(fisher);
            network.fit(batches(6, 3), 2);
            FisherHistory history = fisher.history();
            assertThat(history.measurements()).hasSize(4).allSatisfy(m -> {
                assertThat(m.learningRate()).isNaN();
                assertThat(m.energy()).isNaN();
                assertThat(m.conditionNumber()).isFinite();
            });
            assertThat(history.cumulativeEnergy()).isNaN();
            assertThat(history.averageConditionNumber()).isFinite();
            assertThat(messages()).hasSize(1).first().asString().contains("no learning rate");
        }
    }

    @Test
    void layersWithoutRateAreLeftOutOfTheMean() {
        for (IUpdater updater : List.of(new NoOp(), new AdaDelta())) {
            FisherListener fisher = FisherListener.builder().everyIterations(1).build();
            MultiLayerNetwork network = network(updater, new Sgd(0.25));
            network.setListeners(fisher);
            INDArray before = network.getLayer(0).params().dup();
            network.fit(batches(6, 3), 1);
            // DL4J's NoOp passes the gradient on, so the layer moves, at no rate of the updater's.
            assertThat(network.getLayer(0).params()).isNotEqualTo(before);
            FisherHistory history = fisher.history();
            assertThat(history.measurements())
                    .extracting(FisherMeasurement::learningRate)
                    .containsExactly(0.25, 0.25);
            assertThat(history.cumulativeEnergy()).isPositive().isFinite();
            assertThat(messages()).isEmpty();
        }
    }

    /** Attention has parameters and is no layer. */
    @Test
    void ratesOfVerticesCount() {
        double own = 4 * 16;
        double layers = 12 * 16 + 16 + 4 * CLASSES + CLASSES;
        for (double rate : new double[] {0, 0.1}) {
            events.list.clear();
            AttentionVertex attention = new AttentionVertex.Builder()
                    .nInQueries(4)
                    .nInKeys(4)
                    .nInValues(4)
                    .nOut(4)
                    .nHeads(2)
                    .headSize(2)
                    .projectInput(true)
                    .weightInit(WeightInit.XAVIER)
                    .build();
            attention.setUpdater(new Sgd(0.5));
            ComputationGraph network = new ComputationGraph(Case.base(setting())
                    .updater(rate == 0 ? new NoOp() : new Sgd(rate))
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("series", new LSTM.Builder().nOut(4).build(), "in")
                    .addVertex("attention", attention, "series", "series", "series")
                    .addLayer("pool", new GlobalPoolingLayer(), "attention")
                    .addLayer(
                            "out",
                            new OutputLayer.Builder()
                                    .nOut(CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build(),
                            "pool")
                    .setInputTypes(InputType.recurrent(8, 3))
                    .setOutputs("out")
                    .build());
            network.init();
            FisherListener fisher = FisherListener.builder().everyIterations(1).build();
            network.setListeners(fisher);
            Draw draw = setting().draw();
            network.fit(Draw.data(draw.normal(3, 8, 3), draw.oneHot(3, CLASSES)));
            assertThat(network.params().length()).isEqualTo((long) (own + layers));
            assertThat(fisher.history().measurements().get(0).learningRate())
                    .isCloseTo(rate == 0 ? 0.5 : (0.5 * own + rate * layers) / (own + layers), within(RELATIVE));
            if (rate == 0) {
                assertThat(messages()).isEmpty();
            } else {
                assertThat(messages()).anyMatch(m -> m.contains("Learning rates differ"));
            }
        }
    }

    @Test
    void afterCloseTheHistoryStandsStill() {
        FisherListener fisher = FisherListener.builder().everyIterations(3).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        network.fit(batches(13, 5), 2);
        fisher.close();
        String closed = everything(fisher.history());
        network.fit(batches(13, 5), 30);
        assertThat(everything(fisher.history())).isEqualTo(closed);
        fisher.close();
        assertThat(everything(fisher.history())).isEqualTo(closed);
        assertThat(fisher.history().summary().iterations()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAFailureTheHistoryStandsStill(boolean graph) {
        ISchedule failing = new ISchedule() {
            @Override
            public double valueAt(int iteration, int epoch) {
                if (iteration >= 4) {
                    throw new IllegalStateException("injected");
                }
                return 0.1;
            }

            @Override
            public ISchedule clone() {
                return this;
            }
        };
        FisherListener fisher = FisherListener.builder()
                .everyIterations(2)
                .learningRate(failing)
                .build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        if (graph) {
            ComputationGraph converted = Case.asGraph(network, Case.base(setting()));
            converted.setListeners(fisher);
            converted.fit(batches(6, 3), 20);
        } else {
            network.setListeners(fisher);
            network.fit(batches(6, 3), 20);
        }
        FisherHistory history = fisher.history();
        assertThat(history.measurements()).hasSize(2);
        assertThat(history.summary().iterations()).isEqualTo(4);
        assertThat(history.summary().examples()).isEqualTo(12);
        double energy = 0;
        for (FisherMeasurement measurement : history.measurements()) {
            energy += 2 * measurement.energy();
        }
        assertThat(history.cumulativeEnergy()).isCloseTo(energy, within(RELATIVE));
        assertThat(messages()).hasSize(1);
    }

    /** Somebody adds gradients up by setting the iteration back, and does not say so. */
    @Test
    void repeatedIterationsAreOneAndNotMeasured() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        for (int k = 0; k < 4; k++) {
            for (int pass = 0; pass < (k == 2 ? 3 : 1); pass++) {
                network.getLayerWiseConfigurations().setIterationCount(k);
                network.fit(data(3));
            }
        }
        FisherHistory history = fisher.history();
        assertThat(history.measurements())
                .extracting(FisherMeasurement::iteration)
                .containsExactly(0, 1, 3);
        assertThat(history.summary().iterations()).isEqualTo(4);
        double energy = history.measurements().get(0).energy()
                + 2 * history.measurements().get(1).energy()
                + history.measurements().get(2).energy();
        assertThat(history.cumulativeEnergy()).isCloseTo(energy, within(RELATIVE));
        assertThat(messages()).hasSize(1).first().asString().contains("Iteration 2", "partOfUpdate");
    }

    /** Nothing of it is in what is measured next; the update that comes in its place is counted. */
    @Test
    void aPartThatWasBrokenOffLeavesNothing() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        network.fit(data(6));
        fisher.partOfUpdate(network, true, false);
        // A pass that no update follows.
        network.setInput(data(3).getFeatures());
        network.setLabels(data(3).getLabels());
        network.computeGradientAndScore();
        network.fit(data(5));
        network.fit(data(4));
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::batchSize)
                .containsExactly(6, 4);
        assertThat(fisher.history().summary().examples()).isEqualTo(15);
        assertThat(fisher.history().summary().iterations()).isEqualTo(3);
    }

    private static String everything(FisherHistory history) {
        return history.summary().iterations() + " " + history.summary().examples() + " "
                + history.summary().measurements() + " " + history.cumulativeEnergy() + " "
                + history.averageConditionNumber() + " " + history.summaries().size();
    }

    @Test
    void givenRateReplacesTheUpdaters() {
        FisherListener value =
                FisherListener.builder().everyIterations(1).learningRate(0.25).build();
        FisherListener schedule = FisherListener.builder()
                .everyIterations(1)
                .learningRate(new StepSchedule(ScheduleType.ITERATION, 1, 0.5, 1))
                .build();
        MultiLayerNetwork network = network(new AdaDelta());
        network.setListeners(value, schedule);
        network.fit(batches(6, 3), 1);
        assertThat(value.history().measurements())
                .extracting(FisherMeasurement::learningRate)
                .containsExactly(0.25, 0.25);
        assertThat(schedule.history().measurements())
                .extracting(FisherMeasurement::learningRate)
                .containsExactly(1.0, 0.5);
        assertThat(messages()).isEmpty();
    }

    @Test
    void zeroGradientsDoNotEnterTheMeanConditionNumber() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        DataSet masked = data(3);
        masked.setLabelsMaskArray(Nd4j.zeros(DataType.DOUBLE, 3, 1));
        network.fit(data(3));
        network.fit(masked);
        network.fit(data(3));
        List<FisherMeasurement> measurements = fisher.history().measurements();
        assertThat(measurements).hasSize(3);
        FisherMeasurement zero = measurements.get(1);
        assertThat(zero.trace()).isZero();
        assertThat(zero.rank()).isZero();
        assertThat(zero.conditionNumber()).isNaN();
        assertThat(zero.energy()).isZero();
        assertThat(zero.meanGradientNorm()).isZero();
        assertThat(fisher.history().averageConditionNumber())
                .isCloseTo(
                        (measurements.get(0).conditionNumber()
                                        + measurements.get(2).conditionNumber())
                                / 2,
                        within(1e-9));
    }

    @Test
    void divergedNetworkGivesNaN() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        DataSet bad = data(3);
        bad.getFeatures().putScalar(0, 0, Double.NaN);
        network.fit(bad);
        FisherMeasurement measured = fisher.history().measurements().get(0);
        assertThat(measured.conditionNumber()).isNaN();
        assertThat(measured.trace()).isNaN();
        assertThat(measured.energy()).isNaN();
        assertThat(measured.meanGradientNorm()).isNaN();
        assertThat(measured.rank()).isZero();
        assertThat(fisher.history().averageConditionNumber()).isNaN();
    }

    @Test
    void secondNetworkIsIgnoredWithOneWarning() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork mine = network(new Sgd(0.1));
        MultiLayerNetwork other = network(new Sgd(0.1));
        mine.setListeners(fisher);
        other.setListeners(fisher);
        mine.fit(batches(6, 3), 1);
        other.fit(batches(6, 3), 2);
        mine.fit(batches(6, 3), 1);
        assertThat(fisher.history().measurements()).hasSize(4);
        assertThat(fisher.history().summary().iterations()).isEqualTo(4);
        assertThat(messages())
                .containsExactly(
                        "A FisherListener measures one network, the first that trained with it; another is ignored");
    }

    /** As ParallelWrapper does: at each fit the workers get threads and, but for one, networks of their own. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCopyThatGoesOnWhenTheThreadOfTheFormerHasEndedIsMeasured(boolean followed) throws Exception {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork root = network(new Sgd(0.1));
        if (followed) {
            fisher.follow(root);
        }
        for (int fit = 0; fit < 3; fit++) {
            MultiLayerNetwork worker =
                    new MultiLayerNetwork(root.getLayerWiseConfigurations().clone());
            worker.init(root.params().dup(), false);
            for (MultiLayerNetwork each : List.of(worker, root)) {
                each.setListeners(fisher);
                inAThreadOfItsOwn(() -> each.fit(batches(6, 3), 1));
            }
        }
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::iteration)
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(fisher.history().summary().iterations()).isEqualTo(6);
    }

    @Test
    void anotherNetworkIsIgnoredWhoeverTrainsIt() throws Exception {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork mine = network(new Sgd(0.1));
        MultiLayerNetwork other = network(new Sgd(0.1));
        mine.setListeners(fisher);
        other.setListeners(fisher);
        for (int fit = 0; fit < 3; fit++) {
            inAThreadOfItsOwn(() -> mine.fit(batches(6, 3), 1));
            inAThreadOfItsOwn(() -> other.fit(batches(4, 2), 1));
        }
        assertThat(fisher.history().measurements())
                .hasSize(6)
                .extracting(FisherMeasurement::batchSize)
                .containsOnly(3);
        assertThat(fisher.history().summary().iterations()).isEqualTo(6);
        assertThat(messages()).hasSize(1);
    }

    private static void inAThreadOfItsOwn(Runnable training) throws InterruptedException {
        Thread thread = new Thread(training);
        thread.start();
        thread.join();
    }

    @Test
    void workingMemoryIsGivenBackWhenMeasuringEnds() {
        for (boolean fails : new boolean[] {false, true}) {
            FisherListener fisher = FisherListener.builder()
                    .everyIterations(1)
                    .rankTolerance((samples, type) -> {
                        if (fails) {
                            throw new IllegalStateException("on purpose");
                        }
                        return 0;
                    })
                    .build();
            GradientCapture capture = fisher.capture;
            MultiLayerNetwork network = network(new Sgd(0.1));
            network.setListeners(fisher);
            network.fit(data(4));
            assertThat(capture.parts().matrix() == null).isEqualTo(fails);
            fisher.close();
            assertThat(capture.parts().matrix()).isNull();
            network.fit(data(4));
            fisher.close();
            assertThat(fisher.history().measurements()).hasSize(fails ? 0 : 1);
        }
    }

    /** A pass may be under way in another thread. */
    @Test
    void closedByAnotherThreadWithinAPassItLeavesTrainingAlone() throws Exception {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        MultiLayerNetwork plain = network(new Sgd(0.1));
        network.setListeners(fisher, new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                try {
                    inAThreadOfItsOwn(fisher::close);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        network.fit(data(4));
        plain.fit(data(4));
        assertThat(network.params()).isEqualTo(plain.params());
        assertThat(fisher.history().measurements()).isEmpty();
        assertThat(messages()).isEmpty();
    }

    @Test
    void scoringAndOutputMeasureNothing() {
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        MultiLayerNetwork network = network(new Sgd(0.1));
        network.setListeners(fisher);
        DataSet data = data(4);
        network.fit(data);
        network.output(data.getFeatures());
        network.score(data);
        network.fit(data);
        assertThat(fisher.history().measurements()).hasSize(2);
    }

    @Test
    void builderNamesTheValueItRefuses() {
        assertRefused(() -> FisherListener.builder().everyIterations(0), "everyIterations", "0");
        assertRefused(() -> FisherListener.builder().denseForFirst(-2), "denseForFirst", "-2");
        assertRefused(() -> FisherListener.builder().learningRate(-0.1), "learning rate", "-0.1");
        assertRefused(() -> FisherListener.builder().learningRate(Double.NaN), "learning rate", "NaN");
        assertRefused(
                () -> FisherListener.builder().learningRate(Double.POSITIVE_INFINITY), "learning rate", "Infinity");
        assertRefused(() -> FisherListener.builder().learningRate((ISchedule) null), "schedule", "null");
        assertRefused(() -> FisherListener.builder().rankTolerance(1), "rankTolerance", "1");
        assertRefused(() -> FisherListener.builder().rankTolerance(Double.NaN), "rankTolerance", "NaN");
        assertRefused(() -> FisherListener.builder().sink(null), "sink", "null");
        assertThatThrownBy(() -> FisherListener.builder()
                        .learningRate(0.3)
                        .learningRate(new StepSchedule(ScheduleType.EPOCH, 1, 1, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0.3");
    }

    private static void assertRefused(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    private List<String> messages() {
        List<String> messages = new ArrayList<>();
        events.list.forEach(event -> messages.add(event.getFormattedMessage()));
        return messages;
    }

    private static Setting setting() {
        return new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 41);
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        return network(updater, updater);
    }

    private static MultiLayerNetwork network(IUpdater hidden, IUpdater output) {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(setting())
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .updater(hidden)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .updater(output)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();
        return network;
    }

    private static DataSet data(int samples) {
        Draw draw = setting().draw();
        INDArray features = draw.normal(samples, INPUTS);
        return new DataSet(features, draw.oneHot(samples, CLASSES));
    }

    private static Batches batches(int samples, int batch) {
        return new Batches(data(samples), batch);
    }
}
