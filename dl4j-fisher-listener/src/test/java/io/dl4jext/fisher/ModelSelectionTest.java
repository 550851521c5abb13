package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.fisher.ModelSelection.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

class ModelSelectionTest {

    private static final int EXAMPLES = 120;
    private static final DataSet DATA = data();

    private static DataSet data() {
        Random random = new Random(4);
        INDArray features = Nd4j.create(DataType.DOUBLE, EXAMPLES, 5);
        INDArray labels = Nd4j.create(DataType.DOUBLE, EXAMPLES, 3);
        for (int i = 0; i < EXAMPLES; i++) {
            int label = random.nextInt(3);
            for (int j = 0; j < 5; j++) {
                features.putScalar(i, j, random.nextGaussian() + (j == label ? 1 : 0));
            }
            labels.putScalar(i, label, 1);
        }
        return new DataSet(features, labels);
    }

    private static DataSetIterator batches(int size) {
        return new ExistingDataSetIterator(DATA.batchBy(size));
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static MultiLayerNetwork network(double rate) {
        MultiLayerNetwork network = new MultiLayerNetwork(builder(rate == 0 ? new NoOp() : new Sgd(rate))
                .list()
                .layer(new DenseLayer.Builder().nIn(5).nOut(6).build())
                .layer(new OutputLayer.Builder()
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static ComputationGraph graph(double rate) {
        ComputationGraph network = new ComputationGraph(builder(new Sgd(rate))
                .graphBuilder()
                .addInputs("in")
                .addLayer("hidden", new DenseLayer.Builder().nIn(5).nOut(6).build(), "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nIn(6)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build());
        network.init();
        return network;
    }

    private static FisherListener listener() {
        return FisherListener.builder().everyIterations(1).rankTolerance(1e-6).build();
    }

    /** A whole training of batches of 10 at rate 0.1. */
    private static Beacon beacon() {
        MultiLayerNetwork network = network(0.1);
        FisherListener fisher = listener();
        network.setListeners(fisher);
        network.fit(batches(10), 6);
        return Beacon.of(fisher.history());
    }

    private static ModelSelection.Builder selection() {
        return ModelSelection.builder(beacon()).listener(ModelSelectionTest::listener);
    }

    @Test
    void theNearestComesFirstAndTrainsOn() {
        List<Double> rates = List.of(0.02, 0.5, 0.1, 0.12);
        List<Candidate<Double>> ranked =
                selection().build().rank(rates, ModelSelectionTest::network, rate -> batches(10));

        assertThat(ranked)
                .extracting(Candidate::configuration)
                .startsWith(0.1, 0.12)
                .hasSize(4);
        assertThat(ranked.get(0).distance()).isZero();
        assertThat(ranked).extracting(Candidate::distance).isSorted();
        MultiLayerNetwork unbroken = network(0.1);
        unbroken.fit(batches(10), 6);
        Model best = ranked.get(0).train(4);
        assertThat(best.params()).isEqualTo(unbroken.params());
        assertThat(((MultiLayerNetwork) best).getEpochCount()).isEqualTo(6);
        assertThatIllegalStateException()
                .isThrownBy(() -> ranked.get(1).train(1))
                .withMessageContaining("0.12")
                .withMessageContaining("keep");
    }

    @Test
    void eachCandidateHasAListenerOfItsOwn() {
        FisherListener shared = listener();
        assertThatThrownBy(() -> selection()
                        .listener(() -> shared)
                        .build()
                        .rank(List.of(0.1, 0.2), ModelSelectionTest::network, rate -> batches(10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a listener of its own for each candidate", "another candidate");
        assertThatThrownBy(() -> selection()
                        .listener(() -> null)
                        .build()
                        .rank(List.of(0.1), ModelSelectionTest::network, rate -> batches(10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got null");
    }

    /** What was trained before is not lost. */
    @Test
    void aCandidateWhoseListenerCannotBeMadeHasFailed() {
        AtomicInteger made = new AtomicInteger();
        List<Candidate<Double>> ranked = selection()
                .listener(() -> {
                    if (made.incrementAndGet() == 2) {
                        throw new IllegalStateException("no file");
                    }
                    return listener();
                })
                .build()
                .rank(List.of(0.1, 0.2, 0.3), ModelSelectionTest::network, rate -> batches(10));
        assertThat(ranked).extracting(Candidate::configuration).containsExactly(0.1, 0.3, 0.2);
        assertThat(ranked.get(2).failure()).get().hasToString("java.lang.IllegalStateException: no file");
        assertThat(ranked.get(2).history().measurements()).isEmpty();
    }

    @Test
    void theListenersOfThoseThatAreNotKeptAreClosed() {
        List<ClosedSink> sinks = new ArrayList<>();
        List<Candidate<Double>> ranked = ModelSelection.builder(beacon())
                .epochs(1)
                .listener(() -> {
                    sinks.add(new ClosedSink());
                    return FisherListener.builder()
                            .everyIterations(1)
                            .sink(sinks.get(sinks.size() - 1))
                            .build();
                })
                .build()
                .rank(List.of(0.02, 0.1, 0.5), ModelSelectionTest::network, rate -> batches(10));
        assertThat(sinks).extracting(sink -> sink.closed).containsExactly(1, 0, 1);
        assertThat(ranked)
                .allSatisfy(candidate ->
                        assertThat(candidate.history().measurements()).hasSize(EXAMPLES / 10));
        ranked.get(0).train(1);
        assertThat(sinks).extracting(sink -> sink.rows).containsExactly(12, 24, 12);
    }

    private static final class ClosedSink implements FisherSink {

        private int rows;
        private int closed;

        @Override
        public void accept(FisherMeasurement measurement, FisherSummary soFar) {
            rows++;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void severalAreKept() {
        List<Candidate<Double>> ranked = selection()
                .keep(2)
                .epochs(1)
                .build()
                .rank(List.of(0.02, 0.5, 0.1, 0.12), ModelSelectionTest::graph, rate -> batches(10));

        assertThat(ranked.get(1).train(0)).isInstanceOf(ComputationGraph.class);
        assertThat(ranked.get(0).history().measurements()).hasSize(EXAMPLES / 10);
        assertThatIllegalStateException().isThrownBy(() -> ranked.get(2).train(0));
    }

    /** After one that is far away: one whose updater has no rate, one whose data ends in an exception. */
    @Test
    void whatCannotBePlacedIsLast() {
        Map<String, Double> rates = Map.of("good", 0.2, "far away", 1e300, "no rate", 0.0, "throws", 0.1);
        List<Candidate<String>> ranked = selection()
                .build()
                .rank(
                        List.of("throws", "far away", "no rate", "good"),
                        name -> network(rates.get(name)),
                        name -> name.equals("throws")
                                ? new ExistingDataSetIterator(() -> {
                                    throw new IllegalStateException("no data on purpose");
                                })
                                : batches(10));

        assertThat(ranked.get(0).configuration()).isEqualTo("good");
        assertThat(ranked.get(1).configuration()).isEqualTo("far away");
        assertThat(ranked.get(1).distance()).isGreaterThan(100);
        assertThat(ranked.subList(2, 4)).noneMatch(candidate -> Double.isFinite(candidate.distance()));
        assertThat(ranked)
                .filteredOn(candidate -> candidate.failure().isPresent())
                .singleElement()
                .satisfies(candidate -> {
                    assertThat(candidate.configuration()).isEqualTo("throws");
                    assertThat(candidate.toString()).contains("no data on purpose");
                });
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> ModelSelection.builder(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> selection().epochs(0))
                .withMessageContaining("got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> selection().keep(-1))
                .withMessageContaining("got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        selection().build().rank(List.<Double>of(), ModelSelectionTest::network, rate -> batches(10)))
                .withMessageContaining("at least one candidate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> selection().build().rank(List.of(0.1), ModelSelectionTest::network, null))
                .withMessageContaining("null for the data");
        assertThatIllegalArgumentException().isThrownBy(() -> selection().listener(null));
        Candidate<Double> candidate = selection()
                .build()
                .rank(List.of(0.1), ModelSelectionTest::network, rate -> batches(10))
                .get(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> candidate.train(-1))
                .withMessageContaining("moreEpochs >= 0, got -1");
    }
}
