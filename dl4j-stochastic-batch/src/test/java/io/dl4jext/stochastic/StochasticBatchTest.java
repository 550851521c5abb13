package io.dl4jext.stochastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The configuration: values, refusals, JSON, copies, state. */
class StochasticBatchTest {

    private static final ISchedule SCHEDULE = new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.9);

    /** Each with one setting that is not the default. */
    private static List<StochasticBatch> different() {
        return List.of(
                new StochasticBatch(),
                new StochasticBatch(0.2),
                new StochasticBatch(SCHEDULE),
                StochasticBatch.builder().alpha(0.3).build(),
                StochasticBatch.builder().lambda(2).build(),
                StochasticBatch.builder().momentum(0.5).build(),
                StochasticBatch.builder().seed(2).build(),
                StochasticBatch.builder().scaleLearningRate(false).build(),
                StochasticBatch.builder().resetEachEpoch(false).build(),
                StochasticBatch.builder().fixedProbability(0.25).build(),
                StochasticBatch.builder().groupBy(GroupBy.LAYER).build(),
                StochasticBatch.builder().weightGroupsBySize(true).build(),
                StochasticBatch.builder()
                        .probabilityFrom(GradientMagnitude.MINI_BATCH)
                        .build());
    }

    private static Stream<StochasticBatch> each() {
        return different().stream();
    }

    @ParameterizedTest
    @MethodSource("each")
    void survivesJsonAndClone(StochasticBatch config) {
        MultiLayerConfiguration network =
                Networks.convolutional(config, DataType.FLOAT).getLayerWiseConfigurations();
        MultiLayerConfiguration again = MultiLayerConfiguration.fromJson(network.toJson());
        assertThat(((BaseLayer) again.getConf(0).getLayer()).getIUpdater()).isEqualTo(config);
        assertThat(again).isEqualTo(network);
        MultiLayerConfiguration yaml = MultiLayerConfiguration.fromYaml(network.toYaml());
        assertThat(((BaseLayer) yaml.getConf(3).getLayer()).getIUpdater()).isEqualTo(config);
        assertThat(config.clone()).isEqualTo(config).isNotSameAs(config).hasSameHashCodeAs(config);
        assertThat(config.clone()).hasToString(config.toString());
    }

    /** A file says nothing of a setting that came later: what it trained goes on as it was. */
    @Test
    void aMissingScheduleIsRefusedByName() {
        assertThatThrownBy(() -> new StochasticBatch((ISchedule) null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("learning-rate schedule, got null");
    }

    @Test
    void missingFieldsTakeTheDefaults() {
        String json = Networks.convolutional(new StochasticBatch(0.2), DataType.FLOAT)
                .getLayerWiseConfigurations()
                .toJson();
        String older = json.replaceAll(",\\s*\"probabilityFrom\"\\s*:\\s*\"RUNNING_MEAN\"", "")
                .replaceAll(",\\s*\"weightGroupsBySize\"\\s*:\\s*false", "");
        assertThat(older).doesNotContain("probabilityFrom").doesNotContain("weightGroupsBySize");
        assertThat(updater(older)).isEqualTo(new StochasticBatch(0.2));
    }

    private static IUpdater updater(String json) {
        return ((BaseLayer) MultiLayerConfiguration.fromJson(json).getConf(0).getLayer()).getIUpdater();
    }

    @Test
    void everySettingMakesADifference() {
        List<StochasticBatch> all = different();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < all.size(); j++) {
                assertThat(all.get(i).equals(all.get(j))).isEqualTo(i == j);
            }
        }
    }

    @Test
    void defaultsAreThePapersAndTheBestReadingOfIt() {
        StochasticBatch config = new StochasticBatch(0.2);
        assertThat(config.getAlpha()).isEqualTo(0.1);
        assertThat(config.getLambda()).isEqualTo(-4);
        assertThat(config.getMomentum()).isZero();
        assertThat(config.isScaleLearningRate()).isTrue();
        assertThat(config.isResetEachEpoch()).isTrue();
        assertThat(config.getFixedProbability()).isNull();
        assertThat(config.getGroupBy()).isEqualTo(GroupBy.TENSOR);
        assertThat(config.isWeightGroupsBySize()).isFalse();
        assertThat(config.getProbabilityFrom()).isEqualTo(GradientMagnitude.RUNNING_MEAN);
        assertThat(config).isEqualTo(StochasticBatch.builder().learningRate(0.2).build());
        assertThat(config.getLearningRate()).isEqualTo(0.2);
        assertThat(config.hasLearningRate()).isTrue();
    }

    @Test
    void learningRateFollowsItsScheduleAndCanBeReplaced() {
        StochasticBatch config = new StochasticBatch(SCHEDULE);
        assertThat(config.getLearningRate(3, 0)).isEqualTo(SCHEDULE.valueAt(3, 0));
        config.setLrAndSchedule(0.7, null);
        assertThat(config.getLearningRate(3, 0)).isEqualTo(0.7);
        assertThat(config.getLearningRateSchedule()).isNull();
        config.setLrAndSchedule(Double.NaN, SCHEDULE);
        assertThat(config.getLearningRate()).isNaN();
        assertThat(config.getLearningRate(1, 0)).isEqualTo(SCHEDULE.valueAt(1, 0));
    }

    @Test
    void refusesValuesOutOfRange() {
        for (double rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refuses("learningRate", rate, StochasticBatch.builder().learningRate(rate));
            assertThatThrownBy(() -> new StochasticBatch().setLrAndSchedule(rate, null))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new StochasticBatch(new FixedSchedule(rate)).getLearningRate(2, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("iteration 2, epoch 1");
        }
        refuses("alpha", Double.NaN, StochasticBatch.builder().alpha(Double.NaN));
        refuses("lambda", Double.NEGATIVE_INFINITY, StochasticBatch.builder().lambda(Double.NEGATIVE_INFINITY));
        refuses("momentum", 1, StochasticBatch.builder().momentum(1));
        refuses("momentum", -0.1, StochasticBatch.builder().momentum(-0.1));
        refuses("fixedProbability", 1.5, StochasticBatch.builder().fixedProbability(1.5));
        assertThatThrownBy(() -> StochasticBatch.builder()
                        .learningRate(0.1)
                        .learningRateSchedule(SCHEDULE)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got both");
    }

    private static void refuses(String name, double value, StochasticBatch.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("got " + value);
    }

    @Test
    void stateIsTwoOrThreeTimesTheParameters() {
        StochasticBatch plain = new StochasticBatch(0.1);
        StochasticBatch moving = StochasticBatch.builder().momentum(0.9).build();
        assertThat(plain.stateSize(7)).isEqualTo(14);
        assertThat(moving.stateSize(7)).isEqualTo(21);
        assertThat(plain.stateSize(3_000_000_000L)).isEqualTo(6_000_000_000L);
        MultiLayerNetwork network = Networks.dense(DataType.FLOAT, 4, 5, moving, moving);
        INDArray state = network.getUpdater().getStateViewArray();
        assertThat(state.length()).isEqualTo(3 * network.numParams());
        double[] values = Networks.values(state);
        int n = (int) network.numParams();
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isEqualTo(i / n == 0 ? -0.0 : i / n == 1 ? 1 : 0);
        }
    }

    @Test
    void stateHasNames() {
        StochasticBatchUpdater updater = (StochasticBatchUpdater)
                StochasticBatch.builder().momentum(0.5).build().instantiate(Nd4j.zeros(DataType.FLOAT, 1, 12), true);
        assertThat(updater.getState().get("SUM").length()).isEqualTo(4);
        assertThat(Networks.values(updater.getState().get("COUNT"))).containsExactly(1, 1, 1, 1);
        assertThat(updater.getState()).containsOnlyKeys("SUM", "COUNT", "VELOCITY");
        assertThatThrownBy(() -> updater.setStateViewArray(Nd4j.zeros(4), new long[] {4}, 'c', false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 values for each parameter");
        assertThatThrownBy(() -> updater.setState(Map.of(), true)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> new StochasticBatch().instantiate(Map.of(), true))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SameDiff");
    }
}
