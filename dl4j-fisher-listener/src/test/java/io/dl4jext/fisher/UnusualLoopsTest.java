package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.slf4j.LoggerFactory;

/** Loops that are not DL4J's own, counters that are set back, listeners that are added twice, sinks that wait. */
class UnusualLoopsTest {

    private static final Setting SETTING = new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 41);
    private static final int PARTS = 3;
    private static final int OF_PART = 4;

    private final ListAppender<ILoggingEvent> events = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(FisherListener.class);
    private final Draw draw = SETTING.draw();

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

    private List<String> messages() {
        return events.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.toList());
    }

    private static FisherListener.Builder everyStep() {
        return FisherListener.builder().everyIterations(1);
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(SETTING)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        network.init();
        return network;
    }

    private DataSet data(int samples) {
        return new DataSet(draw.normal(samples, 4), draw.oneHot(samples, 3));
    }

    private static List<Integer> iterations(FisherListener fisher) {
        return fisher.history().measurements().stream()
                .map(FisherMeasurement::iteration)
                .collect(Collectors.toList());
    }

    /** Gradient accumulation as a program writes it by hand. */
    private static final class Accumulation extends BaseTrainingListener {

        private final MultiLayerNetwork network;
        private final FisherListener told;
        private final boolean eventsOfParts;
        private boolean first;
        private boolean last;

        /** @param told of the parts; null: nobody is */
        Accumulation(MultiLayerNetwork network, FisherListener told, boolean eventsOfParts) {
            this.network = network;
            this.told = told;
            this.eventsOfParts = eventsOfParts;
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            if (told != null) {
                told.partOfUpdate(model, first, last);
            }
        }

        void update(List<DataSet> parts) {
            INDArray sum = null;
            for (int k = 0; k < parts.size(); k++) {
                first = k == 0;
                last = k == parts.size() - 1;
                network.setInput(parts.get(k).getFeatures());
                network.setLabels(parts.get(k).getLabels());
                network.computeGradientAndScore();
                INDArray gradient = network.gradient().gradient();
                sum = sum == null ? gradient.dup() : sum.addi(gradient);
                if (eventsOfParts) {
                    network.getListeners().forEach(listener -> listener.onGradientCalculation(network));
                    done();
                }
            }
            network.getGradientsViewArray()
                    .assign(sum.reshape(network.getGradientsViewArray().shape()));
            int iteration = network.getIterationCount();
            network.getUpdater()
                    .update(
                            network,
                            network.gradient(),
                            iteration,
                            network.getEpochCount(),
                            PARTS * OF_PART,
                            LayerWorkspaceMgr.noWorkspaces());
            network.params()
                    .subi(network.getGradientsViewArray()
                            .reshape(network.params().shape()));
            if (!eventsOfParts) {
                done();
            }
            network.getLayerWiseConfigurations().setIterationCount(iteration + 1);
        }

        private void done() {
            for (TrainingListener listener : network.getListeners()) {
                listener.iterationDone(network, network.getIterationCount(), network.getEpochCount());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void anAccumulationByHandIsMeasuredAsOneBatch(boolean eventsOfParts, boolean announcedFirst) {
        FisherListener fisher = everyStep().keepGramMatrix(true).build();
        MultiLayerNetwork network = network();
        Accumulation loop = new Accumulation(network, fisher, eventsOfParts);
        network.setListeners(announcedFirst ? List.of(loop, fisher) : List.of(fisher, loop));
        for (int update = 0; update < 3; update++) {
            DataSet whole = data(PARTS * OF_PART);
            INDArray expected = PerSampleGradients.of(network, whole).gramMatrix();
            loop.update(whole.batchBy(OF_PART));
            assertThat(iterations(fisher)).hasSize(update + 1);
            INDArray measured = fisher.history().measurements().get(update).gramMatrix();
            assertThat(measured.distance2(expected) / expected.norm2Number().doubleValue())
                    .isLessThan(1e-12);
        }
        assertThat(fisher.history().summary().examples()).isEqualTo(3L * PARTS * OF_PART);
        assertThat(fisher.history().summary().iterations()).isEqualTo(3);
        assertThat(messages()).isEmpty();
    }

    /** Each of its passes looks like a whole one; only its end tells. */
    @Test
    void anAccumulationThatNobodyAnnouncesIsNotMeasured() {
        FisherListener fisher = everyStep().build();
        MultiLayerNetwork network = network();
        network.setListeners(fisher);
        Accumulation loop = new Accumulation(network, null, false);
        loop.update(data(PARTS * OF_PART).batchBy(OF_PART));
        loop.update(data(PARTS * OF_PART).batchBy(OF_PART));
        loop.update(data(OF_PART).batchBy(OF_PART));
        assertThat(iterations(fisher)).containsExactly(2);
        assertThat(messages()).hasSize(1).first().asString().contains("Iteration 0", "partOfUpdate");
    }

    /** Somebody's look at the gradient of another batch is no part of the update that follows. */
    @Test
    void aPassBeforeTheOptimisersOwnIsNoAccumulation() {
        FisherListener fisher = everyStep().build();
        MultiLayerNetwork network = network();
        network.setListeners(fisher);
        for (int step = 0; step < 3; step++) {
            DataSet other = data(7);
            network.setInput(other.getFeatures());
            network.setLabels(other.getLabels());
            network.computeGradientAndScore();
            network.fit(data(4));
        }
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::batchSize)
                .containsExactly(4, 4, 4);
        assertThat(messages()).isEmpty();
    }

    /** DL4J calls it twice in every event. */
    @Test
    void addedTwiceItMeasuresOnce() {
        FisherListener once = everyStep().build();
        FisherListener twice = everyStep().build();
        MultiLayerNetwork network = network();
        network.addListeners(twice, once);
        network.addListeners(twice);
        Batches batches = new Batches(data(12), 5);
        network.fit(batches, 3);
        assertThat(twice.history().toJson()).isEqualTo(once.history().toJson());
        assertThat(iterations(twice)).hasSize(9);
        assertThat(messages()).isEmpty();
    }

    @Test
    void aCounterThatGoesBackLosesNothing() {
        FisherListener fisher = everyStep().build();
        MultiLayerNetwork network = network();
        network.setListeners(fisher);
        Batches batches = new Batches(data(12), 4);
        network.fit(batches, 2);
        String before = fisher.history().toJson();
        network.setIterationCount(2);
        network.fit(batches);
        assertThat(fisher.history().toJson()).isEqualTo(before);
        assertThat(messages()).hasSize(1).first().asString().contains("went back to 2", "before iteration 6", "follow");
        network.fit(batches, 2);
        assertThat(iterations(fisher)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(FisherHistory.fromJson(fisher.history().toJson()).summary().iterations())
                .isEqualTo(11);
        assertThat(messages()).hasSize(1);

        network.setIterationCount(9);
        fisher.follow(network);
        network.fit(batches);
        assertThat(iterations(fisher)).hasSize(12).endsWith(8, 9, 10, 11);
    }

    /** As a program says that begins again what was not saved. */
    @Test
    void whatBeginsAgainIsMeasuredAgain() {
        FisherListener fisher = everyStep().build();
        MultiLayerNetwork network = network();
        network.setListeners(fisher);
        Batches batches = new Batches(data(12), 4);
        network.fit(batches, 2);
        network.setIterationCount(0);
        fisher.beginAgain();
        network.fit(batches);
        assertThat(iterations(fisher)).containsExactly(0, 1, 2);
        assertThat(messages()).hasSize(1).first().asString().contains("6 measurements");
    }

    /** As one does that draws in the thread of a window. */
    @Test
    @Timeout(60)
    void aSinkMayWaitForAnotherThreadThatReadsTheHistory() {
        FisherListener[] own = new FisherListener[1];
        AtomicInteger seen = new AtomicInteger();
        own[0] = everyStep()
                .sink((measurement, soFar) -> {
                    try {
                        seen.addAndGet(CompletableFuture.supplyAsync(
                                        () -> own[0].history().measurements().size())
                                .get(20, TimeUnit.SECONDS));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .build();
        MultiLayerNetwork network = network();
        network.setListeners(own[0]);
        network.fit(data(4));
        network.fit(data(4));
        assertThat(seen).hasValue(3);
    }

    @Test
    void aStepByTheSumOfGradientsIsNamedOnce() {
        MultiLayerNetwork network = network();
        network.conf().setMiniBatch(false);
        network.setListeners(everyStep().build());
        network.fit(data(4));
        network.fit(data(4));
        assertThat(messages()).hasSize(1).first().asString().contains("miniBatch(false)", "B·α");
    }

    /** Series of five pieces: 5 and 10 are multiples of that, so that 0, n, 2n, … would always be the first piece. */
    @ParameterizedTest
    @ValueSource(ints = {5, 10})
    void underTruncatedBpttAllPiecesHaveTheirTurn(int every) {
        FisherListener fisher = FisherListener.builder().everyIterations(every).build();
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(SETTING)
                .list()
                .layer(new LSTM.Builder().nOut(3).activation(Activation.TANH).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(2)
                .setInputType(InputType.recurrent(2))
                .build());
        network.init();
        network.setListeners(fisher);
        int series = 10 * every;
        for (int k = 0; k < series; k++) {
            network.fit(new DataSet(draw.normal(2, 2, 10), draw.oneHot(2, 2, 10)));
        }
        assertThat(network.getIterationCount()).isEqualTo(5 * series);
        List<Integer> measured = iterations(fisher);
        assertThat(measured).hasSize(50).startsWith(0);
        for (int k = 0; k < measured.size(); k++) {
            assertThat(measured.get(k) / every).isEqualTo(k);
        }
        for (int piece = 0; piece < 5; piece++) {
            int place = piece;
            assertThat(measured.stream().filter(iteration -> iteration % 5 == place))
                    .hasSizeBetween(8, 12);
        }
        assertThat(fisher.history().summary().iterations()).isEqualTo(5L * series);
        assertThat(fisher.history().averageConditionNumber()).isNotCloseTo(0, within(0.5));
    }
}
