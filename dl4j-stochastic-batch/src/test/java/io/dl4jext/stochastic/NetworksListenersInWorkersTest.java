package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.earlystopping.FisherTerminationCondition;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.IterationTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.EarlyStoppingParallelTrainer;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Listeners that a network has when a ParallelWrapper is built, or DL4J's parallel early stopping, which builds one. */
class NetworksListenersInWorkersTest {

    private static final int STEPS = 8;
    private static final int PASSES = 3;
    private static final double NEVER = 1e9;

    private static final class Counting extends BaseTrainingListener {

        final AtomicInteger iterations = new AtomicInteger();

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            iterations.incrementAndGet();
        }
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        return Networks.dense(DataType.DOUBLE, 5, 6, updater, updater);
    }

    private static List<DataSet> data() {
        return Networks.vectors(DataType.DOUBLE, STEPS, 4, 5);
    }

    @Test
    @Timeout(600)
    void thoseAttachedBeforeItIsBuiltHearAllWorkersThoseAfterNone() throws Exception {
        MultiLayerNetwork network = network(new Sgd(0.1));
        Counting before = new Counting();
        Counting after = new Counting();
        network.addListeners(before);
        try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network)
                .workers(2)
                .averagingFrequency(1)
                .prefetchBuffer(0)
                .build()) {
            network.addListeners(after);
            wrapper.fit(new ListIterator(data()));
        }
        assertThat(before.iterations).hasValue(STEPS);
        assertThat(after.iterations).hasValue(0);
    }

    /** L_K exceeds the low limit at once; but DL4J has no best model before the first pass is over. */
    @ParameterizedTest
    @CsvSource({"1e-12, IterationTerminationCondition, 1", NEVER + ", EpochTerminationCondition, " + PASSES})
    @Timeout(600)
    void aFisherConditionEndsEarlyStoppingAfterItsFirstPass(double limit, TerminationReason reason, int passes) {
        MultiLayerNetwork network = network(new Sgd(0.1));
        FisherTerminationCondition condition = FisherTerminationCondition.energyAbove(limit);
        FisherListener fisher = FisherListener.builder()
                .everyIterations(1)
                .failFast(true)
                .sink(condition)
                .build();
        network.setListeners(fisher);
        EarlyStoppingResult<MultiLayerNetwork> result = train(network, condition);

        assertThat(result.getTerminationReason()).isEqualTo(reason);
        assertThat(result.getTotalEpochs()).isEqualTo(passes);
        assertThat(result.getBestModel()).isNotSameAs(network);
        // A copy may be made while the first worker trains, and its counts begin one later then.
        int measured = fisher.history().measurements().size();
        if (limit == NEVER) {
            assertThat(measured).isBetween(PASSES * (STEPS / 2 - 1), PASSES * (STEPS / 2 + 1));
        } else {
            assertThat(measured).isBetween(STEPS / 2, STEPS - 1);
        }
    }

    /** As in the test before, the workers' iterations need not be the same. */
    @Test
    @Timeout(600)
    void whatNeedsAListenerIsAttachedBeforeTheTrainerIsMade() {
        MultiLayerNetwork network = network(new StochasticBatch(0.1));
        StochasticBatchListener listener = StochasticBatchListener.attachTo(network);
        EarlyStoppingResult<MultiLayerNetwork> result = train(network, FisherTerminationCondition.energyAbove(NEVER));

        assertThat(result.getTotalEpochs()).isEqualTo(PASSES);
        assertThat(listener.statistics().iterations()).hasSizeGreaterThanOrEqualTo(PASSES * STEPS / 2);
    }

    private static EarlyStoppingResult<MultiLayerNetwork> train(
            MultiLayerNetwork network, IterationTerminationCondition condition) {
        EarlyStoppingConfiguration<MultiLayerNetwork> configuration = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .scoreCalculator(new DataSetLossCalculator(new ListIterator(data()), true))
                .modelSaver(new InMemoryModelSaver<>())
                .iterationTerminationConditions(condition)
                .epochTerminationConditions(new MaxEpochsTerminationCondition(PASSES))
                .build();
        return new EarlyStoppingParallelTrainer<>(configuration, network, new ListIterator(data()), null, 2, 0, 1)
                .fit();
    }
}
