package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What waits belongs to one epoch, which the state itself tells, whatever way it came into the network. */
class EpochMarkTest {

    private static final List<DataSet> DATA = Networks.vectors(DataType.DOUBLE, 6, 4, 5);

    private static StochasticBatch.Builder base() {
        return StochasticBatch.builder().learningRate(0.2).seed(11).fixedProbability(0.4);
    }

    private static MultiLayerNetwork network(StochasticBatch config) {
        MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
        StochasticBatchListener.attachTo(network);
        return network;
    }

    /** Three steps in this epoch. */
    private static MultiLayerNetwork trained(StochasticBatch config, int epoch) {
        MultiLayerNetwork network = network(config);
        network.setEpochCount(epoch);
        DATA.subList(0, 3).forEach(network::fit);
        return network;
    }

    /** The same parameters with nothing that waits. */
    private static MultiLayerNetwork fresh(StochasticBatch config, MultiLayerNetwork like) {
        MultiLayerNetwork fresh = network(config);
        fresh.params().assign(like.params());
        fresh.setIterationCount(like.getIterationCount());
        fresh.setEpochCount(like.getEpochCount());
        return fresh;
    }

    private static void assertContinueAlike(MultiLayerNetwork actual, MultiLayerNetwork expected) {
        for (int i = 3; i < 6; i++) {
            actual.fit(DATA.get(i));
            expected.fit(DATA.get(i));
        }
        assertThat(Networks.parameters(actual)).isEqualTo(Networks.parameters(expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 8, 32, 64, 1 << 20})
    void whatWaitsIsDroppedAfterAnyNumberOfEpochsWithoutAStep(int gap) throws Exception {
        for (int epoch : new int[] {0, 1, 5}) {
            StochasticBatch config = base().build();
            MultiLayerNetwork live = trained(config, epoch);
            MultiLayerNetwork loaded = Networks.loaded(Networks.saved(live));
            StochasticBatchListener.attachTo(loaded);
            for (MultiLayerNetwork network : List.of(live, loaded)) {
                network.setEpochCount(epoch + gap);
                assertContinueAlike(network, fresh(config, network));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7})
    void whatWaitsIsKeptWithinItsEpoch(int epoch) throws Exception {
        StochasticBatch config = base().build();
        MultiLayerNetwork original = trained(config, epoch);
        MultiLayerNetwork loaded = Networks.loaded(Networks.saved(original));
        StochasticBatchListener.attachTo(loaded);
        assertContinueAlike(loaded, trained(config, epoch));
        MultiLayerNetwork renewed = trained(config, epoch);
        // DL4J makes a new updater of it, of two blocks.
        renewed.setLearningRate(1, 0.2);
        renewed.setLearningRate(0, 0.2);
        StochasticBatchListener.attachTo(renewed);
        assertContinueAlike(renewed, trained(config, epoch));
        MultiLayerNetwork copy = original.clone();
        copy.setIterationCount(original.getIterationCount());
        copy.setEpochCount(epoch);
        StochasticBatchListener.attachTo(copy);
        assertContinueAlike(copy, original);
    }

    /** A live updater gets another state in its place, as from ParallelWrapper or {@code setStateViewArray}. */
    @Test
    void aStateAssignedInPlaceTellsItsOwnEpoch() {
        StochasticBatch config = base().build();
        MultiLayerNetwork original = trained(config, 4);
        INDArray state = original.getUpdater().getStateViewArray().dup();

        MultiLayerNetwork other = trained(config, 2);
        other.params().assign(original.params());
        other.getUpdater().setStateViewArray(other, state, false);
        other.setEpochCount(4);
        assertContinueAlike(other, original);

        MultiLayerNetwork later = trained(config, 6);
        later.params().assign(original.params());
        later.getUpdater().setStateViewArray(later, state, false);
        assertContinueAlike(later, fresh(config, later));
    }

    /** The block that a small layer has for itself does not see all of the epoch's digits: the others' tell it. */
    @Test
    void smallBlocksFollowTheOthers() {
        StochasticBatch first = base().build();
        StochasticBatch second = base().learningRate(0.1).build();
        MultiLayerNetwork network = Networks.dense(DataType.DOUBLE, 5, 6, first, second);
        MultiLayerNetwork fresh = Networks.dense(DataType.DOUBLE, 5, 6, first, second);
        for (MultiLayerNetwork each : List.of(network, fresh)) {
            StochasticBatchListener.attachTo(each);
        }
        DATA.subList(0, 3).forEach(network::fit);
        fresh.params().assign(network.params());
        network.setEpochCount(4);
        fresh.setEpochCount(4);
        fresh.setIterationCount(3);
        assertContinueAlike(network, fresh);
    }

    /** A network whose first layer does not count has the first digits all the same. */
    @Test
    void frozenLayersTakeNoDigits() {
        StochasticBatch config = base().build();
        MultiLayerNetwork whole = Networks.dense(DataType.DOUBLE, 5, 6, config, config);
        MultiLayerNetwork network =
                new TransferLearning.Builder(whole).setFeatureExtractor(0).build();
        MultiLayerNetwork fresh =
                new TransferLearning.Builder(whole).setFeatureExtractor(0).build();
        StochasticBatchListener.attachTo(network);
        StochasticBatchListener.attachTo(fresh);
        DATA.subList(0, 3).forEach(network::fit);
        fresh.params().assign(network.params());
        fresh.setIterationCount(network.getIterationCount());
        for (MultiLayerNetwork each : List.of(network, fresh)) {
            each.setEpochCount(2);
        }
        assertContinueAlike(network, fresh);
    }

    /** Counts with signs, that is of a network that resets, in one that does not, which divides by them. */
    @Test
    void signsDoNotCountWhereNothingIsReset() {
        StochasticBatch resets = base().scaleLearningRate(false).build();
        StochasticBatch keeps =
                base().scaleLearningRate(false).resetEachEpoch(false).build();
        MultiLayerNetwork original = trained(resets, 3);
        MultiLayerNetwork keeping = trained(keeps, 3);
        assertThat(Networks.parameters(keeping)).isEqualTo(Networks.parameters(original));
        keeping.getUpdater().setStateViewArray(keeping, original.getUpdater().getStateViewArray(), false);
        assertContinueAlike(keeping, original);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"HALF", "FLOAT", "DOUBLE"})
    void theSignsOfTheCountsAreTheEpochsDigits(DataType type) {
        StochasticBatch config = base().build();
        MultiLayerNetwork network = Networks.dense(type, 5, 6, config, config);
        StochasticBatchListener.attachTo(network);
        List<DataSet> data = Networks.vectors(type, 3, 4, 5);
        int n = (int) network.numParams();
        int waiting = 0;
        for (int epoch : new int[] {0, 6, 0x1234, Integer.MAX_VALUE}) {
            network.setEpochCount(epoch);
            data.forEach(network::fit);
            INDArray state = network.getUpdater().getStateViewArray();
            assertThat(state.length()).isEqualTo(2L * n);
            double[] values = Networks.values(state);
            for (int j = 0; j < n; j++) {
                boolean digit = j % 32 < 31 && (epoch >> j % 32 & 1) == 1;
                assertThat(values[n + j] < 0)
                        .as("epoch %s, parameter %s", epoch, j)
                        .isEqualTo(digit);
                assertThat(Math.abs(values[n + j])).isBetween(1.0, 4.0);
                waiting += Math.abs(values[n + j]) > 1 ? 1 : 0;
            }
            assertThat(Arrays.stream(Networks.parameters(network))).allMatch(Double::isFinite);
        }
        assertThat(waiting).isPositive();
    }
}
