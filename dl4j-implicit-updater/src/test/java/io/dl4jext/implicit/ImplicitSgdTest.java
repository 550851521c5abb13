package io.dl4jext.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.dl4jext.adagrad.AdaGradPresets;
import io.dl4jext.implicit.activation.RootRule;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class ImplicitSgdTest {

    static List<ImplicitSgd> variants() {
        return List.of(
                new ImplicitSgd(),
                new ImplicitSgd(0.5),
                new ImplicitSgd(0),
                new ImplicitSgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.9)),
                ImplicitSgd.builder().learningRate(0.5).mu(1e-3).build(),
                ImplicitSgd.builder().rule(new Adam(0.1)).mu(1e-3).build(),
                ImplicitSgd.builder().rule(new Nesterovs(0.1, 0.9)).build(),
                ImplicitSgd.builder()
                        .learningRate(0.5)
                        .batchMode(BatchMode.BATCH_SCALED)
                        .build(),
                ImplicitSgd.builder().learningRate(0.5).explicitElsewhere(true).build(),
                ImplicitSgd.builder()
                        .learningRateSchedule(new FixedSchedule(0.25))
                        .mu(0.1)
                        .rootRule(RootRule.NEAREST)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void jsonAndCloneKeepEverything(ImplicitSgd updater) throws Exception {
        String json = NeuralNetConfiguration.mapper().writeValueAsString(updater);
        IUpdater read = NeuralNetConfiguration.mapper().readValue(json, IUpdater.class);
        assertThat(read).isEqualTo(updater).hasSameHashCodeAs(updater).hasToString(updater.toString());
        assertThat(updater.clone()).isEqualTo(updater).isNotSameAs(updater);
        assertThat(variants().stream().filter(updater::equals)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void jsonWithinAConfiguration(ImplicitSgd updater) {
        MultiLayerConfiguration configuration = Networks.configuration(
                updater,
                DataType.FLOAT,
                WorkspaceMode.ENABLED,
                new ImplicitDenseLayer.Builder().nIn(2).nOut(3).build(),
                new OutputLayer.Builder().nIn(3).nOut(2).build());
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
        assertThat(read).isEqualTo(configuration);
        assertThat(read.getConf(0).getLayer().getUpdaterByParam("W")).isEqualTo(updater.ofImplicitLayer());
        assertThat(((BaseLayer) read.getConf(0).getLayer()).getIUpdater()).isEqualTo(updater);
        assertThat(configuration.clone()).isEqualTo(configuration);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -1e-300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesValuesThatAreNoRateAndNoRidge(double value) {
        assertThatThrownBy(() -> new ImplicitSgd(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected 0 ≤ learningRate < ∞, got " + value);
        assertThatThrownBy(() -> ImplicitSgd.builder().mu(value).build())
                .hasMessage("Expected 0 ≤ mu < ∞, got " + value);
        assertThatThrownBy(() -> new ImplicitSgd(1).setLearningRate(value)).hasMessageContaining("got " + value);
        assertThatThrownBy(() -> new ImplicitRidge(value)).hasMessage("Expected 0 ≤ mu < ∞, got " + value);
        ImplicitSgd scheduled = new ImplicitSgd(new FixedSchedule(value));
        assertThatThrownBy(() -> scheduled.getLearningRate(7, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("got " + value)
                .hasMessageContaining("iteration 7, epoch 2");
    }

    @Test
    void refusesRateAndScheduleTogether() {
        assertThatThrownBy(() -> ImplicitSgd.builder()
                        .learningRate(0.5)
                        .learningRateSchedule(new FixedSchedule(1))
                        .build())
                .hasMessageContaining("got both: 0.5 and");
        assertThatThrownBy(() -> ImplicitSgd.builder()
                        .learningRate(0.5)
                        .rule(new Adam(0.1))
                        .build())
                .hasMessageContaining("got 0.5 beside Adam");
        assertThatThrownBy(() -> ImplicitSgd.builder().rule(new NoOp()).build())
                .hasMessageContaining("with a learning rate, got NoOp");
        assertThatThrownBy(() -> ImplicitSgd.builder().rule(new ImplicitSgd(1)).build())
                .hasMessageContaining("explicit rule");
        // Which would need AdaGradListener, and that cannot see through this updater.
        IUpdater norm = AdaGradPresets.norm().learningRate(0.5).build();
        assertThatThrownBy(() -> ImplicitSgd.builder().rule(norm).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a rule that needs a gradient only")
                .hasMessageContaining("NETWORK");
    }

    /** DL4J's AdaGrad loses its schedule whenever DL4J copies a network, without a word. */
    @Test
    void refusesARuleWhoseCloneLosesSomething() {
        ISchedule schedule = new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.9);
        for (AdaGrad rule : new AdaGrad[] {
            new AdaGrad(schedule),
            AdaGrad.builder().learningRateSchedule(schedule).build()
        }) {
            assertThatThrownBy(() -> ImplicitSgd.builder().rule(rule).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a rule whose clone() keeps everything, got " + rule)
                    .hasMessageContaining("of which it makes AdaGrad(")
                    .hasMessageContaining("learningRateSchedule=null")
                    .hasMessageContaining("AdaGradPresets.dl4j()");
        }
        ImplicitSgd later = ImplicitSgd.builder().rule(new AdaGrad(0.1)).build();
        assertThatThrownBy(() -> later.setLrAndSchedule(Double.NaN, schedule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a rule whose clone() keeps everything");
        later.setLearningRate(0.25);
        assertThat(later.clone().getLearningRate(3, 0)).isEqualTo(0.25);
        IUpdater kept = AdaGradPresets.dl4j().learningRateSchedule(schedule).build();
        ImplicitSgd updater = ImplicitSgd.builder().rule(kept).build();
        assertThat(updater.clone().getLearningRate(1, 0)).isEqualTo(0.45);
    }

    /** Rules and schedules of a user's own need no equals. */
    @Test
    void rulesWithoutEqualsAreNotRefused() {
        for (IUpdater rule : new IUpdater[] {
            new Adam(new OwnSchedule()),
            AdaGradPresets.yotkov().learningRateSchedule(new OwnSchedule()).build(),
            new OwnRule()
        }) {
            ImplicitSgd updater = ImplicitSgd.builder().rule(rule).build();
            assertThat(updater.clone().getLearningRate(3, 1)).isEqualTo(0.5);
        }
    }

    private static final class OwnSchedule implements ISchedule {

        @Override
        public double valueAt(int iteration, int epoch) {
            return 0.5;
        }

        @Override
        public ISchedule clone() {
            return new OwnSchedule();
        }
    }

    private static final class OwnRule implements IUpdater {

        @Override
        public long stateSize(long numParams) {
            return 0;
        }

        @Override
        public GradientUpdater<?> instantiate(INDArray viewArray, boolean initializeViewArray) {
            return new Sgd(0.5).instantiate(viewArray, initializeViewArray);
        }

        @Override
        public GradientUpdater<?> instantiate(Map<String, INDArray> state, boolean initializeStateArrays) {
            return new Sgd(0.5).instantiate(state, initializeStateArrays);
        }

        @Override
        public IUpdater clone() {
            return new OwnRule();
        }

        @Override
        public double getLearningRate(int iteration, int epoch) {
            return 0.5;
        }

        @Override
        public boolean hasLearningRate() {
            return true;
        }

        @Override
        public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void rateFollowsTheScheduleAndItsReplacement() {
        ImplicitSgd updater = new ImplicitSgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.1));
        assertThat(updater.getLearningRate(0, 0)).isEqualTo(0.5);
        assertThat(updater.getLearningRate(2, 0)).isCloseTo(0.005, offset(Tolerance.DOUBLE));
        assertThat(updater.clone().getLearningRate(2, 0)).isCloseTo(0.005, offset(Tolerance.DOUBLE));
        updater.setLrAndSchedule(0.25, null);
        assertThat(updater.getLearningRate(2, 0)).isEqualTo(0.25);
        updater.setLrAndSchedule(Double.NaN, new FixedSchedule(0.75));
        assertThat(updater.getLearningRate(2, 0)).isEqualTo(0.75);
    }

    @Test
    void scalesTheGradientAndHasNoState() {
        INDArray gradient = Nd4j.createFromArray(1.0, -2.0, 0.0);
        new ImplicitSgd(0.5)
                .ofImplicitLayer()
                .instantiate((INDArray) null, true)
                .applyUpdater(gradient, 0, 0);
        assertThat(gradient.toDoubleVector()).containsExactly(0.5, -1, 0);
        assertThat(new ImplicitSgd().stateSize(100)).isZero();
        assertThatThrownBy(() -> new ImplicitSgd().instantiate(gradient, true))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new ImplicitSgd().instantiate(Map.of("m", gradient), true))
                .isInstanceOf(IllegalStateException.class);
    }

    /** What an implicit layer shows DL4J is another object, with the layer's rate, whichever of the two is changed. */
    @Test
    void theLayersViewSharesTheRate() {
        for (ImplicitSgd updater : variants()) {
            ImplicitSgd view = updater.ofImplicitLayer();
            assertThat(view)
                    .isNotEqualTo(updater)
                    .isSameAs(updater.ofImplicitLayer())
                    .isSameAs(view.ofImplicitLayer());
            assertThat(updater).isNotEqualTo(view);
            updater.setLearningRate(0.125);
            assertThat(view.getLearningRate(3, 1)).isEqualTo(0.125);
            view.setLrAndSchedule(Double.NaN, new FixedSchedule(0.75));
            assertThat(updater.getLearningRate(3, 1)).isEqualTo(0.75);
            ImplicitSgd copy = view.clone();
            assertThat(copy).isEqualTo(view);
            copy.setLearningRate(7);
            assertThat(view.getLearningRate(3, 1)).isEqualTo(0.75);
        }
        assertThatThrownBy(() -> new ImplicitSgd((ISchedule) null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected a learningRateSchedule, got null");
    }

    @Test
    void rateOfTheRuleIsTheRate() {
        ImplicitSgd updater = ImplicitSgd.builder().rule(new Adam(0.125)).build();
        assertThat(updater.getLearningRate(0, 0)).isEqualTo(0.125);
        updater.setLearningRate(0.5);
        assertThat(updater.getLearningRate(0, 0)).isEqualTo(0.5);
        assertThat(updater.getRule()).isEqualTo(new Adam(0.5));
        assertThat(updater.stateSize(10)).isEqualTo(20);
    }

    @Test
    void ridgeIsTheExactShrinkage() throws Exception {
        INDArray parameters = Nd4j.createFromArray(3.0, -6.0);
        INDArray update = Nd4j.createFromArray(0.5, 0.0);
        ImplicitRidge ridge = new ImplicitRidge(0.25);
        ridge.apply(parameters, update, 8, 0, 0);
        assertThat(parameters.sub(update).toDoubleVector()).containsExactly(3.0 / 3 - 0.5, -6.0 / 3);
        assertThat(ridge.score(parameters, 0, 0)).isCloseTo(0.125 * 45, offset(Tolerance.DOUBLE));
        String json = NeuralNetConfiguration.mapper().writeValueAsString(ridge);
        assertThat(NeuralNetConfiguration.mapper().readValue(json, Regularization.class))
                .isEqualTo(ridge);
        assertThat(ridge.clone()).isEqualTo(ridge).isNotEqualTo(new ImplicitRidge(0.5));
    }
}
