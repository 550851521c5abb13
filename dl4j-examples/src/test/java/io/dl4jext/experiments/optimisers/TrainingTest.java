package io.dl4jext.experiments.optimisers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

/** Curves against what DL4J says of the same network. */
class TrainingTest {

    private static final Examples TRAIN = RandomImages.of(new ImageShape(1, 4, 4), 3, 25, 1);
    private static final Examples TEST = RandomImages.of(new ImageShape(1, 4, 4), 3, 14, 2);

    private final Counted progress = new Counted();

    private List<CurvePoint> train(MultiLayerNetwork network, long steps, long every) {
        BatchIterator batches = BatchIterator.inOrder(TRAIN, Layout.FLAT, 10);
        return new Training(network, batches, test(), progress, 3).run(steps, every);
    }

    private static TestExamples test() {
        return new TestExamples(BatchIterator.inOrder(TEST, Layout.FLAT, 5));
    }

    private static MultiLayerNetwork network(double rate, double momentum, int epochs) {
        return new Setting(Method.SGD, rate, rate, 10, momentum).network(16, 3, epochs, 4);
    }

    @Test
    void curveIsThatOfDl4jsOwnSteps() {
        MultiLayerNetwork network = network(0.05, 0, 2);
        List<CurvePoint> curve = train(network, 6, 3);

        MultiLayerNetwork same = network(0.05, 0, 2);
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
        assertThat(curve).extracting(CurvePoint::steps).containsExactly(3L, 6L);
        assertThat(curve.get(1).trainLoss()).isCloseTo(loss, within(1e-9));
        BatchIterator all = BatchIterator.inOrder(TEST, Layout.FLAT, 14);
        assertThat(curve.get(1).testAccuracy()).isEqualTo(same.evaluate(all).accuracy());
        all.reset();
        assertThat(curve.get(1).testLoss()).isCloseTo(same.score(all.next()), within(1e-5));
        assertThat(progress.work).isEqualTo(18);
    }

    @Test
    void lastPointIsAtTheEnd() {
        assertThat(train(network(0.05, 0.5, 2), 5, 2))
                .extracting(CurvePoint::steps)
                .containsExactly(2L, 4L, 5L);
    }

    @Test
    void divergenceEndsTheTrainingAndCountsItsWork() {
        List<CurvePoint> curve = train(network(1e30, 0, 4), 12, 3);
        CurvePoint last = curve.get(curve.size() - 1);
        assertThat(last.steps()).isLessThan(12);
        assertThat(last.trainLoss()).isNaN();
        assertThat(last.testLoss()).isNaN();
        long zeros = 0;
        for (int i = 0; i < TEST.size(); i++) {
            zeros += TEST.label(i) == 0 ? 1 : 0;
        }
        assertThat(last.testAccuracy()).isEqualTo((double) zeros / TEST.size());
        assertThat(progress.work).isEqualTo(36);
        Runs runs = Runs.named("x", List.of(new Run("x", 1, curve, 0)));
        assertThat(runs.loss()).isEqualTo("NaN");
    }

    @Test
    void someNaNAmongSeedsIsCounted() {
        List<CurvePoint> good = List.of(new CurvePoint(1, 0.5, 0.6, 0.75));
        List<CurvePoint> bad = List.of(new CurvePoint(1, Double.NaN, Double.NaN, 0.25));
        Runs runs =
                Runs.named("x", List.of(new Run("x", 1, good, 2), new Run("y", 1, bad, 9), new Run("x", 2, bad, 1)));
        assertThat(runs.loss()).isEqualTo("0.5000, NaN 1 of 2");
        assertThat(runs.accuracy()).isEqualTo("0.5000 +- 0.3536");
        assertThat(runs.seconds()).isEqualTo("2");
    }

    private static final class Counted implements Progress {

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
