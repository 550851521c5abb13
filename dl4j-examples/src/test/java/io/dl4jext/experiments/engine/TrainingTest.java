package io.dl4jext.experiments.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import io.dl4jext.experiments.network.Architecture;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Curves against what DL4J says of the same network. */
class TrainingTest {

    private static final Examples TRAIN = RandomImages.of(new ImageShape(1, 4, 4), 3, 25, 1);
    private static final Examples TEST = RandomImages.of(new ImageShape(1, 4, 4), 3, 14, 2);

    private static final Evaluator TESTED = new Evaluator(TEST, Layout.FLAT);

    private final Counted progress = new Counted();

    private Run<String> run(MultiLayerNetwork network, UnaryOperator<Training> how, long work) {
        BatchIterator batches = BatchIterator.inOrder(TRAIN, Layout.FLAT, 10);
        Training training = new Training(network, batches).cost(size -> 3).ifDiverged(TESTED.ofDiverged());
        return how.apply(training).run("x", work, progress);
    }

    private static MultiLayerNetwork network(double rate) {
        return (MultiLayerNetwork)
                Architecture.MLP300.create(new ImageShape(1, 4, 4), 3, new Sgd(rate), 4, DataType.FLOAT);
    }

    @Test
    void curveIsThatOfDl4jsOwnSteps() {
        MultiLayerNetwork network = network(0.05);
        List<Run.Point> curve = run(network, training -> training.epochs(2).measureEveryEpoch(TESTED), 18).curve;

        MultiLayerNetwork same = network(0.05);
        BatchIterator batches = BatchIterator.inOrder(TRAIN, Layout.FLAT, 10);
        double loss = 0;
        for (int epoch = 0; epoch < 2; epoch++) {
            loss = 0;
            batches.reset();
            while (batches.hasNext()) {
                DataSet batch = batches.next();
                same.fit(batch);
                loss += batch.numExamples() * same.score() / TRAIN.size();
            }
        }
        assertThat(network.params()).isEqualTo(same.params());
        assertThat(network.getEpochCount()).isEqualTo(2);
        assertThat(curve).extracting(point -> point.steps).containsExactly(3L, 6L);
        assertThat(curve.get(1).trainLoss).isCloseTo(loss, within(1e-9));
        BatchIterator all = BatchIterator.inOrder(TEST, Layout.FLAT, 14);
        assertThat(curve.get(1).score.accuracy).isEqualTo(same.evaluate(all).accuracy());
        all.reset();
        assertThat(curve.get(1).score.loss).isCloseTo(same.score(all.next()), within(1e-5));
        assertThat(progress.work).isEqualTo(18);
    }

    /** A step's score has the regularisation of the parameters before it; what remains is the loss of the data alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void regularisationIsNoPartOfTheLoss(boolean decay) {
        UnaryOperator<NeuralNetConfiguration.Builder> strong =
                builder -> decay ? builder.weightDecay(0.8, false) : builder.l2(0.8);
        MultiLayerNetwork same = small(strong);
        MultiLayerNetwork withoutIt = small(builder -> builder);
        BatchIterator batches = BatchIterator.inOrder(TRAIN, Layout.FLAT, 10);
        double loss = 0;
        while (batches.hasNext()) {
            DataSet batch = batches.next();
            withoutIt.setParams(same.params());
            loss += batch.numExamples() * withoutIt.score(batch) / TRAIN.size();
            same.fit(batch);
        }
        Run<String> run = run(small(strong), training -> training.epochs(1), 9);
        assertThat(run.last().trainLoss).isCloseTo(loss, within(1e-6));
        Run<String> own =
                run(small(strong), training -> training.epochs(1).step((network, batch) -> network.fit(batch)), 9);
        assertThat(own.last().trainLoss).isCloseTo(loss, within(1e-6));
    }

    private static MultiLayerNetwork small(UnaryOperator<NeuralNetConfiguration.Builder> regularised) {
        MultiLayerNetwork network = new MultiLayerNetwork(regularised
                .apply(new NeuralNetConfiguration.Builder()
                        .seed(5)
                        .dataType(DataType.DOUBLE)
                        .updater(new Sgd(0.3)))
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(16))
                .build());
        network.init();
        return network;
    }

    @Test
    void lastEpochsAreThoseOfAllEpochs() {
        List<Run.Point> all = run(network(0.05), training -> training.epochs(4).measureEveryEpoch(TESTED), 36).curve;
        List<Run.Point> last =
                run(network(0.05), training -> training.epochs(4).measureLastEpochs(2, TESTED), 36).curve;
        assertThat(last).extracting(point -> point.steps).containsExactly(9L, 12L);
        for (int i = 0; i < 2; i++) {
            assertThat(last.get(i).trainLoss).isEqualTo(all.get(i + 2).trainLoss);
            assertThat(last.get(i).score.accuracy).isEqualTo(all.get(i + 2).score.accuracy);
            assertThat(last.get(i).score.loss).isEqualTo(all.get(i + 2).score.loss);
        }
    }

    @Test
    void divergenceBeforeTheLastEpochsIsTold() {
        Run<String> run = run(network(1e30), training -> training.epochs(4).measureLastEpochs(1, TESTED), 36);
        assertThat(run.diverged).isTrue();
        assertThat(run.steps).isLessThan(12);
        assertThat(run.curve).hasSize(1);
        assertThat(run.last().trainLoss).isNaN();
    }

    @Test
    void pointsWithinAnEpochAndAtTheEnd() {
        Run<String> run = run(network(0.05), training -> training.steps(5).measureEvery(2, TESTED), 15);
        assertThat(run.curve).extracting(point -> point.steps).containsExactly(2L, 4L, 5L);
        assertThat(run.steps).isEqualTo(5);
        assertThat(run.examples).isEqualTo(10 + 10 + 5 + 10 + 10);
        assertThat(run.seconds).isPositive();
        assertThat(progress.work).isEqualTo(15);
    }

    /** Looking at a network in between, at the end of an epoch or within, does not change what it learns. */
    @Test
    void measuringChangesNothing() {
        MultiLayerNetwork plain = network(0.05);
        run(plain, training -> training.epochs(2), 18);
        MultiLayerNetwork looked = network(0.05);
        run(looked, training -> training.epochs(2).measureEvery(1, TESTED), 18);
        assertThat(looked.params()).isEqualTo(plain.params());
    }

    @Test
    void stepsOfOnesOwnAreCountedAsWell() {
        MultiLayerNetwork own = network(0.05);
        Run<String> run = run(
                own,
                training -> training.epochs(2)
                        .step((network, batch) -> network.fit(batch))
                        .measure(TESTED),
                18);
        MultiLayerNetwork plain = network(0.05);
        run(plain, training -> training.epochs(2), 18);
        assertThat(own.params()).isEqualTo(plain.params());
        assertThat(own.getEpochCount()).isEqualTo(2);
        assertThat(run.steps).isEqualTo(6);
        assertThat(run.curve).hasSize(1);
    }

    @Test
    void divergenceEndsTheTrainingAndCountsItsWork() {
        boolean[] ended = {false};
        Run<String> run = run(
                network(1e30),
                training -> training.epochs(4).measureEveryEpoch(TESTED).atEnd(() -> ended[0] = true),
                36);
        assertThat(run.diverged).isTrue();
        assertThat(run.testError()).isNaN();
        assertThat(run.steps).isLessThan(12);
        assertThat(run.last().steps).isEqualTo(run.steps);
        assertThat(run.last().trainLoss).isNaN();
        assertThat(run.last().score.loss).isNaN();
        long zeros = 0;
        for (int i = 0; i < TEST.size(); i++) {
            zeros += TEST.label(i) == 0 ? 1 : 0;
        }
        assertThat(run.last().score.accuracy).isEqualTo((double) zeros / TEST.size());
        assertThat(progress.work).isEqualTo(36);
        assertThat(ended[0]).isTrue();
    }

    @Test
    void whatTheStepThrowsPassesAfterTheEnd() {
        boolean[] ended = {false};
        assertThatThrownBy(() -> run(
                        network(0.1),
                        training -> training.epochs(1)
                                .step((network, batch) -> {
                                    throw new IllegalStateException("mine");
                                })
                                .atEnd(() -> ended[0] = true),
                        3))
                .hasMessage("mine");
        assertThat(ended[0]).isTrue();
    }

    private static final class Counted implements Progress {

        @Override
        public void late(String name) {}

        private long work;

        @Override
        public void started(String name) {}

        @Override
        public void advanced(long more) {
            work += more;
        }

        @Override
        public void finished(String line) {}

        @Override
        public void close() {}
    }
}
