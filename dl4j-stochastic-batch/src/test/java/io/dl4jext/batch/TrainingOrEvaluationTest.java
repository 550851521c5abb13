package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.AsyncMultiDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * What a pass is for, at the borders between training and evaluation where DL4J does not say it beforehand; for both
 * iterators, each with its kind of network.
 */
class TrainingOrEvaluationTest {

    /** A network, its iterator, and DL4J's ways of drawing from it. */
    enum Twin {
        NETWORK {
            @Override
            Training failingAt(int index, BatchSizes sizes, LastBatch policy, int... portions) {
                return new NetworkTraining(sizes, policy, index, portions);
            }
        },
        GRAPH {
            @Override
            Training failingAt(int index, BatchSizes sizes, LastBatch policy, int... portions) {
                return new GraphTraining(sizes, policy, index, portions);
            }
        };

        /** The source fails once, instead of giving this batch. */
        abstract Training failingAt(int index, BatchSizes sizes, LastBatch policy, int... portions);

        Training over(BatchSizes sizes, LastBatch policy, int... portions) {
            return failingAt(-1, sizes, policy, portions);
        }
    }

    /** With or without a prefetching iterator around the one that is tested. */
    abstract static class Training {

        final BatchLog log = new BatchLog();

        abstract void attach();

        abstract void listen(TrainingListener... listeners);

        abstract void prefetch(int queue);

        abstract void shutdown();

        abstract void fit(int epochs);

        abstract void fitSomethingElse();

        abstract void reset();

        abstract int evaluated();

        abstract BatchState state();

        abstract void restore(BatchState state);

        abstract int epochs();

        /** @return the reason of its end */
        abstract EarlyStoppingResult.TerminationReason stopEarly(int lastEpoch, boolean scoredOnTheSame);

        static <T extends Model> EarlyStoppingConfiguration<T> configuration(
                int lastEpoch, ScoreCalculator<?> calculator) {
            return new EarlyStoppingConfiguration.Builder<T>()
                    .epochTerminationConditions(new MaxEpochsTerminationCondition(lastEpoch))
                    .scoreCalculator(calculator)
                    .modelSaver(new InMemoryModelSaver<>())
                    .build();
        }
    }

    private static final class NetworkTraining extends Training {

        private final MultiLayerNetwork net = Nets.mlp();
        private final DynamicBatchIterator batches;
        private DataSetIterator drawn;

        NetworkTraining(BatchSizes sizes, LastBatch policy, int failingAt, int... portions) {
            ListSource source = new ListSource(Nets.data(portions)).failingAt(failingAt, failingAt < 0 ? 0 : 1);
            batches = DynamicBatchIterator.builder(source, sizes)
                    .lastBatch(policy)
                    .build();
            drawn = batches;
            net.addListeners(log);
        }

        @Override
        void attach() {
            batches.attachTo(net);
        }

        @Override
        void listen(TrainingListener... listeners) {
            net.addListeners(listeners);
        }

        @Override
        void prefetch(int queue) {
            drawn = new AsyncDataSetIterator(batches, queue);
        }

        @Override
        void shutdown() {
            ((AsyncDataSetIterator) drawn).shutdown();
        }

        @Override
        void fit(int epochs) {
            net.fit(drawn, epochs);
        }

        @Override
        void fitSomethingElse() {
            net.fit(Nets.data(5).get(0));
            net.fit(new ListSource(Nets.data(3)));
        }

        @Override
        void reset() {
            batches.reset();
        }

        @Override
        int evaluated() {
            return net.evaluate(drawn).getNumRowCounter();
        }

        @Override
        BatchState state() {
            return batches.state();
        }

        @Override
        void restore(BatchState state) {
            batches.restore(state);
        }

        @Override
        int epochs() {
            return net.getEpochCount();
        }

        @Override
        EarlyStoppingResult.TerminationReason stopEarly(int lastEpoch, boolean scoredOnTheSame) {
            ScoreCalculator<?> calculator =
                    new DataSetLossCalculator(scoredOnTheSame ? drawn : new ListSource(Nets.data(5)), true);
            return new EarlyStoppingTrainer(configuration(lastEpoch, calculator), net, drawn)
                    .fit()
                    .getTerminationReason();
        }
    }

    private static final class GraphTraining extends Training {

        private final ComputationGraph net = Nets.graph();
        private final DynamicMultiBatchIterator batches;
        private org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator drawn;

        GraphTraining(BatchSizes sizes, LastBatch policy, int failingAt, int... portions) {
            MultiListSource source = new MultiListSource(multi(portions)).failingAt(failingAt, failingAt < 0 ? 0 : 1);
            batches = DynamicMultiBatchIterator.builder(source, sizes)
                    .lastBatch(policy)
                    .build();
            drawn = batches;
            net.addListeners(log);
        }

        private static List<MultiDataSet> multi(int... portions) {
            List<MultiDataSet> data = new ArrayList<>();
            for (DataSet batch : Nets.data(portions)) {
                data.add(new MultiDataSet(batch.getFeatures(), batch.getLabels()));
            }
            return data;
        }

        @Override
        void attach() {
            batches.attachTo(net);
        }

        @Override
        void listen(TrainingListener... listeners) {
            net.addListeners(listeners);
        }

        @Override
        void prefetch(int queue) {
            drawn = new AsyncMultiDataSetIterator(batches, queue);
        }

        @Override
        void shutdown() {
            ((AsyncMultiDataSetIterator) drawn).shutdown();
        }

        @Override
        void fit(int epochs) {
            net.fit(drawn, epochs);
        }

        @Override
        void fitSomethingElse() {
            net.fit(multi(5).get(0));
            net.fit(new MultiListSource(multi(3)));
        }

        @Override
        void reset() {
            batches.reset();
        }

        @Override
        int evaluated() {
            return net.evaluate(drawn).getNumRowCounter();
        }

        @Override
        BatchState state() {
            return batches.state();
        }

        @Override
        void restore(BatchState state) {
            batches.restore(state);
        }

        @Override
        int epochs() {
            return net.getConfiguration().getEpochCount();
        }

        @Override
        EarlyStoppingResult.TerminationReason stopEarly(int lastEpoch, boolean scoredOnTheSame) {
            ScoreCalculator<?> calculator =
                    new DataSetLossCalculator(scoredOnTheSame ? drawn : new MultiListSource(multi(5)), true);
            return new EarlyStoppingGraphTrainer(configuration(lastEpoch, calculator), net, drawn, null)
                    .fit()
                    .getTerminationReason();
        }
    }

    /** Sizes 30 and 8 for 20 examples: nothing to train on in the first epoch. */
    @ParameterizedTest
    @CsvSource({"NETWORK, DROP", "NETWORK, CARRY", "GRAPH, DROP", "GRAPH, CARRY"})
    void anEpochThatIsTooSmallForABatchCountsOnce(Twin twin, LastBatch policy) {
        Training training = twin.over(BatchSchedule.staged(4, 30, 8, 30, 7), policy, 12, 8);
        training.attach();
        training.fit(4);

        assertThat(training.log.sizes)
                .isEqualTo(
                        policy == LastBatch.DROP
                                ? List.of(8, 8, 7, 7)
                                // 40 of two epochs; 20; 20.
                                : List.of(8, 8, 8, 8, 8, 7, 7, 7, 7, 7));
        assertThat(training.state().epoch()).isEqualTo(4);
    }

    /**
     * Without a network the iterator knows what it is asked, no more. A loop that ends an epoch by reset() and DL4J's
     * fit that begins one so ask the same as long as there is no batch: it is taken for the loop, whose passes are
     * epochs.
     */
    @Test
    void withoutANetworkTheFirstEpochThatIsTooSmallIsCountedAsOneAndAsBegunAnew() {
        List<String> fit = new ArrayList<>();
        List<String> loop = new ArrayList<>();
        Nets.mlp().fit(asked(fit));
        DataSetIterator byHand = asked(loop);
        for (int epoch = 0; epoch < 2; epoch++) {
            while (byHand.hasNext()) {
                byHand.next();
            }
            byHand.reset();
        }
        assertThat(fit).containsExactly("hasNext", "reset", "hasNext");
        assertThat(loop).startsWith("hasNext", "reset", "hasNext");

        Training training = Twin.NETWORK.over(BatchSchedule.staged(3, 30, 8, 7), LastBatch.DROP, 12, 8);
        training.fit(3);
        assertThat(training.log.sizes).containsExactly(8, 8, 7, 7, 7, 7);
    }

    /** Data that make no batch. */
    private static DataSetIterator asked(List<String> calls) {
        return new ListSource(List.of()) {
            @Override
            public boolean hasNext() {
                calls.add("hasNext");
                return super.hasNext();
            }

            @Override
            public void reset() {
                calls.add("reset");
                super.reset();
            }

            @Override
            public boolean asyncSupported() {
                return false;
            }
        };
    }

    /** 97 examples, of which 17 are dropped in training, or carried over. */
    @ParameterizedTest
    @CsvSource({"NETWORK, DROP", "NETWORK, CARRY", "GRAPH, DROP", "GRAPH, CARRY"})
    void evaluationBehindAPrefetchingIteratorIsWhole(Twin twin, LastBatch policy) {
        Training training = twin.over(BatchSchedule.constant(40), policy, 50, 47);
        training.attach();
        training.prefetch(2);
        for (int epoch = 0; epoch < 3; epoch++) {
            training.fit(1);
            assertThat(training.evaluated()).isEqualTo(97);
            assertThat(training.evaluated()).isEqualTo(97);
        }
        training.shutdown();

        assertThat(training.log.sizes).containsOnly(40).hasSize(policy == LastBatch.DROP ? 6 : 7);
    }

    @ParameterizedTest
    @CsvSource({"NETWORK, DROP", "NETWORK, CARRY", "GRAPH, DROP", "GRAPH, CARRY"})
    void evaluationAfterEarlyStoppingBehindAPrefetchingIteratorIsWhole(Twin twin, LastBatch policy) {
        Training training = twin.over(BatchSchedule.constant(40), policy, 50, 47);
        training.attach();
        training.prefetch(2);
        training.stopEarly(2, false);
        assertThat(training.evaluated()).isEqualTo(97);
        assertThat(training.evaluated()).isEqualTo(97);
        training.shutdown();
    }

    /** A fit that ends before it has trained on anything is over, for all that is drawn afterwards. */
    @ParameterizedTest
    @CsvSource({"NETWORK, DROP", "NETWORK, CARRY", "GRAPH, DROP", "GRAPH, CARRY"})
    void evaluationAfterAFitWhoseSourceFailed(Twin twin, LastBatch policy) {
        Training training = twin.failingAt(0, BatchSchedule.constant(40), policy, 50, 47);
        training.attach();
        assertThatIllegalStateException().isThrownBy(() -> training.fit(1)).withMessageContaining("failed on purpose");

        assertThat(training.evaluated()).isEqualTo(97);
        training.fit(3);
        assertThat(training.log.sizes).containsOnly(40).hasSize(policy == LastBatch.DROP ? 6 : 7);
    }

    @ParameterizedTest
    @CsvSource({"NETWORK, DROP", "NETWORK, CARRY", "GRAPH, DROP", "GRAPH, CARRY"})
    void evaluationAfterAFitThatAListenerEnded(Twin twin, LastBatch policy) {
        Training training = twin.over(BatchSchedule.constant(40), policy, 50, 47);
        training.attach();
        FailsOnce fails = new FailsOnce(1);
        training.listen(fails);
        training.fit(1);
        assertThatIllegalStateException().isThrownBy(() -> training.fit(1)).withMessageContaining("ended on purpose");

        // The second epoch was begun; with CARRY it is to begin with 17.
        assertThat(training.evaluated()).isEqualTo(97);
        training.fit(2);
        assertThat(training.log.sizes).containsOnly(40).hasSize(policy == LastBatch.DROP ? 6 : 7);
    }

    @ParameterizedTest
    @CsvSource({"NETWORK, DROP", "NETWORK, CARRY", "GRAPH, DROP", "GRAPH, CARRY"})
    void evaluationAfterEarlyStoppingWhoseSourceFailed(Twin twin, LastBatch policy) {
        Training training = twin.failingAt(0, BatchSchedule.constant(40), policy, 50, 47);
        training.attach();
        assertThatIllegalStateException()
                .isThrownBy(() -> training.stopEarly(2, false))
                .withMessageContaining("failed on purpose");
        assertThat(training.log.sizes).isEmpty();
        assertThat(training.evaluated()).isEqualTo(97);
    }

    /** Of what the network trains on besides the iterator knows nothing; it is none of its passes. */
    @ParameterizedTest
    @CsvSource({
        "NETWORK, DROP, false", "NETWORK, CARRY, false", "GRAPH, DROP, false", "GRAPH, CARRY, false",
        "NETWORK, DROP, true", "NETWORK, CARRY, true", "GRAPH, DROP, true", "GRAPH, CARRY, true"
    })
    void evaluationAfterTheNetworkTrainedOnSomethingElse(Twin twin, LastBatch policy, boolean afterTwoEpochs) {
        Training training = twin.over(BatchSchedule.constant(40), policy, 50, 47);
        training.attach();
        if (afterTwoEpochs) {
            training.fit(2);
            training.reset();
        }
        int before = training.log.sizes.size();
        training.fitSomethingElse();

        assertThat(training.evaluated()).isEqualTo(97);
        training.fit(1);
        assertThat(training.log.sizes.subList(before, training.log.sizes.size()))
                .isEqualTo(
                        policy == LastBatch.CARRY && afterTwoEpochs
                                // 34 of two epochs, and 97.
                                ? List.of(5, 3, 40, 40, 40)
                                : List.of(5, 3, 40, 40));
    }

    @ParameterizedTest
    @CsvSource({
        "NETWORK, KEEP, true", "NETWORK, DROP, true", "NETWORK, CARRY, true",
        "GRAPH, KEEP, true", "GRAPH, DROP, true", "GRAPH, CARRY, true",
        "NETWORK, KEEP, false", "NETWORK, DROP, false", "NETWORK, CARRY, false",
        "GRAPH, KEEP, false", "GRAPH, DROP, false", "GRAPH, CARRY, false"
    })
    void attachedBeforeOrAfterARestoreIsTheSame(Twin twin, LastBatch policy, boolean attachFirst) {
        BatchSchedule schedule = BatchSchedule.staged(4, 9, 7, 6, 8);
        Training training = twin.over(schedule, policy, 12, 8);
        training.attach();
        training.fit(2);
        BatchState state = training.state();
        training.fit(1);
        // Back by one epoch in the data; the network, which knows its own epochs, is at the third.
        if (attachFirst) {
            training.attach();
            training.restore(state);
        } else {
            training.restore(state);
            training.attach();
        }
        int before = training.log.sizes.size();
        training.fit(1);

        assertThat(training.epochs()).isEqualTo(4);
        assertThat(training.log.sizes.subList(before, training.log.sizes.size()))
                .isEqualTo(policy == LastBatch.KEEP ? List.of(8, 8, 4) : List.of(8, 8));
    }

    /** Fails in an epoch's first hook. */
    private static final class FailsOnce extends BaseTrainingListener {

        private int epochsBefore;

        FailsOnce(int epochsBefore) {
            this.epochsBefore = epochsBefore;
        }

        @Override
        public void onEpochStart(Model model) {
            if (epochsBefore-- == 0) {
                throw new IllegalStateException("ended on purpose");
            }
        }
    }

    /** DL4J's trainer says that an epoch begins just after the data began anew; the queue holds less than a pass. */
    @ParameterizedTest
    @EnumSource(Twin.class)
    void earlyStoppingBehindAPrefetchingIteratorLeavesTheRestOut(Twin twin) {
        Training training = twin.over(BatchSchedule.constant(10), LastBatch.DROP, 70, 60, 65);
        training.attach();
        training.prefetch(2);
        training.stopEarly(2, true);
        training.shutdown();

        assertThat(training.log.sizes).containsOnly(10);
    }

    @Test
    void anEvaluationBeforeAnyTrainingIsTakenForItWhenDrawnAhead() {
        Training training = Twin.NETWORK.over(BatchSchedule.constant(40), LastBatch.DROP, 50, 47);
        training.attach();
        training.prefetch(4);

        assertThat(training.evaluated()).isEqualTo(80);
        training.fit(1);
        assertThat(training.evaluated()).isEqualTo(97);
        training.shutdown();
    }
}
