package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.FisherMeasurement;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.AsyncDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Gradient accumulation and scaled rates after a pass that threw: the failing batch is lost, nothing else. */
class FailedPassTest {

    private static final int EXAMPLES = 14;

    /** Examples from … to, whose first feature is their number. */
    private static DataSet examples(int from, int to) {
        DataSet data = Nets.data(to - from).get(0);
        for (int i = from; i < to; i++) {
            data.getFeatures().putScalar(i - from, 0, i / 10.0);
        }
        return data;
    }

    private static List<DataSet> source() {
        List<DataSet> all = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            all.add(examples(i, i + 1));
        }
        return all;
    }

    private static DataSet merged(int from, int to) {
        return DataSet.merge(source().subList(from, to));
    }

    private static DynamicBatchIterator.Builder batches() {
        return DynamicBatchIterator.builder(new ListSource(source()), BatchSchedule.constant(4));
    }

    private static DynamicBatchIterator inParts(int part) {
        return batches().microBatchSize(part).build();
    }

    /** What was trained on. */
    private static final class Failing extends FailingPasses {

        final List<String> trained = new ArrayList<>();

        Failing(int failure) {
            super(failure);
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            INDArray input = model instanceof MultiLayerNetwork
                    ? ((MultiLayerNetwork) model).getInput()
                    : ((ComputationGraph) model).getInput(0);
            trained.add(iteration + ": " + numbers(input));
        }
    }

    private static String numbers(INDArray features) {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < features.size(0); i++) {
            all.add(Math.round(10 * features.getDouble(i, 0)));
        }
        return all.toString();
    }

    private static void failAt(MultiLayerNetwork net, DataSetIterator data) {
        assertThatThrownBy(() -> net.fit(data)).hasMessageContaining("on purpose");
    }

    private static INDArray trainedOn(int[]... ranges) {
        MultiLayerNetwork net = Nets.mlp();
        for (int[] range : ranges) {
            net.fit(merged(range[0], range[1]));
        }
        return net.params();
    }

    private static int[] range(int from, int to) {
        return new int[] {from, to};
    }

    private static void assertWithoutFirstBatch(MultiLayerNetwork net) {
        assertThat(net.getIterationCount()).isEqualTo(3);
        assertThat(net.params().equalsWithEps(trainedOn(range(4, 8), range(8, 12), range(12, 14)), 1e-12))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void itsUpdateIsLostAndTheNextFitGoesOn(int failure) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        Failing log = new Failing(failure);
        net.addListeners(log);

        failAt(net, batches);
        net.fit(batches);

        List<String> after = List.of("0: [4, 5]", "0: [6, 7]", "1: [8, 9]", "1: [10, 11]", "2: [12, 13]");
        assertThat(log.trained.subList(failure, log.trained.size())).isEqualTo(after);
        assertThat(net.getEpochCount()).isEqualTo(1);
        assertWithoutFirstBatch(net);
    }

    @Test
    void graphsGoOnToo() {
        ComputationGraph net = Nets.graph();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        Failing log = new Failing(1);
        net.addListeners(log);

        assertThatThrownBy(() -> net.fit(batches)).hasMessageContaining("on purpose");
        net.fit(batches);

        assertThat(log.trained)
                .containsExactly("0: [0, 1]", "0: [4, 5]", "0: [6, 7]", "1: [8, 9]", "1: [10, 11]", "2: [12, 13]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void behindAPrefetchingIterator(int failure) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        net.addListeners(new FailingPasses(failure), fisher);
        AsyncDataSetIterator ahead = new AsyncDataSetIterator(batches, 2);
        try {
            failAt(net, ahead);
            net.fit(ahead);
        } finally {
            ahead.shutdown();
        }

        assertWithoutFirstBatch(net);
        assertThat(fisher.history().measurements())
                .extracting(FisherMeasurement::batchSize)
                .containsExactly(4, 4, 2);
        assertThat(fisher.history().summary().iterations()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void inALoopThatSkipsWhatFails(int failure) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        net.addListeners(new FailingPasses(failure));

        int failed = 0;
        while (batches.hasNext()) {
            DataSet part = batches.next();
            try {
                net.fit(part);
            } catch (IllegalStateException e) {
                failed++;
            }
        }

        assertThat(failed).isOne();
        assertWithoutFirstBatch(net);
    }

    @Test
    void aPartThatIsTriedAgainAtOnceIsTrainedOn() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        net.addListeners(new FailingPasses(1));

        while (batches.hasNext()) {
            DataSet part = batches.next();
            try {
                net.fit(part);
            } catch (IllegalStateException e) {
                net.fit(part);
            }
        }

        assertThat(net.params().equalsWithEps(trainedOn(range(0, 4), range(4, 8), range(8, 12), range(12, 14)), 1e-12))
                .isTrue();
    }

    @Test
    void inTheLastUpdateOfAnEpochTheNextFitBeginsTheNextEpoch() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(1);
        batches.attachTo(net);
        Failing log = new Failing(12);
        net.addListeners(log);

        failAt(net, batches);
        log.trained.clear();
        net.fit(batches);

        assertThat(log.trained.get(0)).isEqualTo("3: [0]");
        assertThat(log.trained).hasSize(EXAMPLES);
    }

    @Test
    void batchesOfOnePart() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(8);
        batches.attachTo(net);
        net.addListeners(new FailingPasses(0));

        failAt(net, batches);
        net.fit(batches);

        assertWithoutFirstBatch(net);
    }

    /** As when its forward pass fails, of which no listener hears. */
    @Test
    void aBatchThatNothingWasHeardOfIsKnownToBeAnother() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(8);
        batches.attachTo(net);
        batches.next();

        net.fit(batches);

        assertWithoutFirstBatch(net);
    }

    /** A part that was drawn waits for its own pass, whatever is trained on before it. */
    @Test
    void otherDataIsNotTakenForAPartThatWaits() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        net.fit(batches.next());
        net.fit(batches.next());

        DataSet part = batches.next();
        net.fit(merged(8, 10));
        net.fit(part);
        net.fit(batches.next());

        assertThat(net.params().equalsWithEps(trainedOn(range(0, 4), range(8, 10), range(4, 8)), 1e-12))
                .isTrue();
        assertThat(net.getIterationCount()).isEqualTo(3);
    }

    @Test
    void otherDataIsNotTakenForThePartThatFailed() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = inParts(2);
        batches.attachTo(net);
        net.addListeners(new FailingPasses(0));

        failAt(net, batches);
        net.fit(merged(8, 10));

        assertThat(net.params().equalsWithEps(trainedOn(range(8, 10)), 1e-12)).isTrue();
        assertThat(net.getIterationCount()).isOne();
    }

    /** The pass that is refused was broken off: what it had drawn is no rest of an epoch. */
    @Test
    void aRefusedPassCarriesNothing() {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(List.of(examples(0, 7), examples(7, 14))), BatchSchedule.constant(4))
                .lastBatch(LastBatch.CARRY)
                .microBatchSize(2)
                .build();
        batches.attachTo(net);
        Failing log = new Failing(-1);
        net.addListeners(log);
        net.fit(batches.next());
        net.fit(batches.next());
        Nets.mlp().fit(batches.next());
        assertThatThrownBy(batches::next).hasMessageContaining("Expected batches for a network");
        log.trained.clear();

        net.fit(batches);

        assertThat(log.trained.get(0)).isEqualTo("1: [0, 1]");
    }

    /** With scaled rates, with and without the same array again. */
    @ParameterizedTest
    @CsvSource({"0,4", "100,108"})
    void oncePassesAreHeardNoMoreRatesAreTheUsersOwn(int from, int to) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches =
                batches().learningRateScaling(LearningRateScaling.linear(1)).build();
        batches.attachTo(net);
        net.addListeners(new FailingPasses(0));
        failAt(net, batches);

        net.setListeners();
        DataSet other = examples(from, to);
        net.fit(other);

        MultiLayerNetwork plain = Nets.mlp();
        plain.fit(other);
        assertThat(net.params()).isEqualTo(plain.params());
    }

    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void afterResetTheEpochBeginsAnew(LastBatch policy) {
        MultiLayerNetwork net = Nets.mlp();
        DynamicBatchIterator batches =
                batches().lastBatch(policy).microBatchSize(2).build();
        batches.attachTo(net);
        Failing log = new Failing(1);
        net.addListeners(log);
        failAt(net, batches);

        batches.reset();
        log.trained.clear();
        net.fit(batches);

        assertThat(log.trained).startsWith("0: [0, 1]", "0: [2, 3]", "1: [4, 5]");
    }
}
