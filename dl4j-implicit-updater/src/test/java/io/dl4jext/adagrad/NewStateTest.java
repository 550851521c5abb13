package io.dl4jext.adagrad;

import static io.dl4jext.adagrad.Nets.assertClose;
import static io.dl4jext.adagrad.Nets.attached;
import static io.dl4jext.adagrad.Nets.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.nd4j.linalg.api.buffer.DataType.DOUBLE;
import static org.nd4j.linalg.api.buffer.DataType.FLOAT;
import static org.nd4j.linalg.api.buffer.DataType.HALF;

import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.Seeds;
import io.dl4jext.updater.internal.elementwise.RatedUpdater;
import io.dl4jext.updater.internal.elementwise.StateUpdater;
import io.dl4jext.updater.internal.elementwise.VectorPart;
import io.dl4jext.updater.internal.elementwise.Ways;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** A new state in a network that has many iterations behind it does what it does in a new network. */
class NewStateTest {

    private static final int ITERATIONS = 10_003;

    /** All but the one whose learning rate falls with the iteration, as a schedule's. */
    static List<Member> members() {
        List<Member> members = new ArrayList<>(Member.all());
        members.removeIf(member ->
                member.updater instanceof AdaGradFamily && ((AdaGradFamily) member.updater).getLearningRateDecay() > 0);
        assertThat(members).hasSize(Member.all().size() - 1);
        return members;
    }

    @ParameterizedTest
    @MethodSource("members")
    void stepsAsInANewNetwork(Member member) {
        MultiLayerNetwork young = attached(Nets.mlp(DOUBLE, member.updater), member);
        MultiLayerNetwork old = attached(Nets.mlp(DOUBLE, member.updater), member);
        old.setIterationCount(ITERATIONS);
        for (DataSet batch : Nets.batches(Seeds.random("old network"), DOUBLE, 7)) {
            young.fit(batch);
            old.fit(batch);
        }
        assertThat(old.getIterationCount()).isEqualTo(ITERATIONS + 7);
        assertThat(values(old.params())).isEqualTo(values(young.params()));
    }

    /** The first step of the algorithm, from the paper: λ = η + ε, so θ₀ − θ = (1 − μ)·λg/(∛(λg²) + ε). */
    @Test
    void madGradBeginsAnewAfterARestoreWithoutItsUpdater() throws Exception {
        MultiLayerNetwork trained = Nets.mlp(DOUBLE, MadGrad.builder().build());
        List<DataSet> batches = Nets.batches(Seeds.random("restored"), DOUBLE, 4);
        trained.fit(batches.get(0));
        trained.setIterationCount(10_000);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(trained, file, false);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), false);
        assertThat(restored.getIterationCount()).isEqualTo(10_000);
        assertFirstStep(restored, batches.get(1));
    }

    @Test
    void madGradBeginsAnewAfterTransferLearning() {
        MultiLayerNetwork trained = Nets.mlp(DOUBLE, new Sgd(0.1));
        List<DataSet> batches = Nets.batches(Seeds.random("transfer"), DOUBLE, 2);
        trained.fit(batches.get(0));
        trained.setIterationCount(10_000);
        MultiLayerNetwork transferred = new TransferLearning.Builder(trained)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(MadGrad.builder().build())
                        .build())
                .build();
        transferred.setIterationCount(10_000);
        assertFirstStep(transferred, batches.get(1));
    }

    private static void assertFirstStep(MultiLayerNetwork network, DataSet batch) {
        double[] expected = values(network.params());
        double[] gradient = Nets.gradient(Nets.mlp(DOUBLE, new Sgd(0)), expected, batch);
        Reference.madGrad(0.9, 1e-6).step(expected, gradient, new int[0], 0, MadGrad.DEFAULT_LEARNING_RATE);
        network.fit(batch);
        assertClose(values(network.params()), expected, 1e-12);
    }

    /** As the rule of implicit steps on a network that was trained explicitly before. */
    @Test
    void madGradBeginsAnewAfterAConversion() {
        MultiLayerNetwork trained = Nets.mlp(DOUBLE, new Sgd(0.1));
        List<DataSet> batches = Nets.batches(Seeds.random("converted"), DOUBLE, 4);
        trained.fit(batches.get(0));
        ImplicitSgd updater =
                ImplicitSgd.builder().rule(MadGrad.builder().build()).build();
        MultiLayerNetwork young = ImplicitBackprop.convert(trained, updater).result();
        trained.setIterationCount(10_000);
        MultiLayerNetwork old = ImplicitBackprop.convert(trained, updater).result();
        assertThat(old.getIterationCount()).isEqualTo(10_000);
        for (DataSet batch : batches.subList(1, 4)) {
            young.fit(batch);
            old.fit(batch);
        }
        assertThat(values(old.params())).isEqualTo(values(young.params()));
    }

    /** The state alone decides, also where DL4J saves it, and makes the updater anew. */
    @ParameterizedTest
    @MethodSource("members")
    void aStateThatMovesToAnotherIterationGoesOn(Member member) {
        MultiLayerNetwork network = attached(Nets.mlp(DOUBLE, member.updater), member);
        List<DataSet> batches = Nets.batches(Seeds.random("moved"), DOUBLE, 9);
        for (DataSet batch : batches.subList(0, 5)) {
            network.fit(batch);
        }
        MultiLayerNetwork moved = attached(network.clone(), member);
        moved.setIterationCount(2);
        moved.setLearningRate(member.updater.getLearningRate());
        for (DataSet batch : batches.subList(5, 9)) {
            network.fit(batch);
            moved.fit(batch);
        }
        assertThat(values(moved.params())).isEqualTo(values(network.params()));
    }

    /** With counts at which a FLOAT or HALF loses the next number. */
    @Test
    void madGradGoesOnWhereAFloatCannotCount() {
        for (Ways way : new Ways[] {Ways.LOOPS, Ways.OPERATIONS}) {
            INDArray state = Nd4j.zeros(FLOAT, 4);
            StateUpdater updater = way.of(MadGrad.builder().momentum(0).build().instantiate(state, true));
            state.putScalar(3, 0x1p24);
            for (int t = 1 << 24; t < (1 << 24) + 2000; t++) {
                updater.applyUpdater(Nd4j.createFromArray(1f), t, 0);
            }
            assertThat(state.getDouble(3)).isCloseTo(0x1p24 + 2000, offset(300.0));
        }
        INDArray state = Nd4j.zeros(HALF, 4);
        RatedUpdater half = MadGrad.builder().epsilon(1e-2).build();
        org.nd4j.linalg.learning.GradientUpdater<?> updater = half.instantiate(state, true);
        for (int t = 0; t < 3000; t++) {
            updater.applyUpdater(Nd4j.createFromArray(1e-3f).castTo(HALF), t, 0);
        }
        assertThat(state.getDouble(3)).isCloseTo(3000, offset(150.0));
        assertThat(state.isNaN().any()).isFalse();
    }

    /** A block of parameters of different age, as DL4J joins them when a user brings states together. */
    @Test
    void eachParameterHasItsOwnCount() {
        RatedUpdater config = MadGrad.builder().momentum(0).build();
        INDArray joined = Nd4j.zeros(DOUBLE, 8);
        StateUpdater both = (StateUpdater) config.instantiate(joined, true);
        INDArray single = Nd4j.zeros(DOUBLE, 4);
        StateUpdater one = (StateUpdater) config.instantiate(single, true);
        // The second parameter is 99 steps old.
        joined.putScalar(7, 99);
        INDArray gradient = Nd4j.createFromArray(0.5, 0.5);
        both.applyUpdater(gradient, 0, 0);
        INDArray fresh = Nd4j.createFromArray(0.5);
        one.applyUpdater(fresh, 0, 0);
        assertThat(gradient.getDouble(0)).isEqualTo(fresh.getDouble(0));
        double weight = (MadGrad.DEFAULT_LEARNING_RATE + MadGrad.DEFAULT_EPSILON) * Math.sqrt(100);
        assertThat(gradient.getDouble(1))
                .isCloseTo(weight * 0.5 / (Math.cbrt(weight * 0.25) + MadGrad.DEFAULT_EPSILON), offset(1e-12));
        DualAveraging averaging =
                DualAveraging.builder().learningRate(1).l1(0.01).build();
        StateUpdater dual = (StateUpdater) averaging.instantiate(Nd4j.zeros(DOUBLE, 3), true);
        INDArray g = Nd4j.createFromArray(0.5);
        dual.run(averaging.step(10_000, 0), new VectorPart(g, 0, 1), 0, new VectorPart(Nd4j.zeros(DOUBLE, 1), 0, 1));
        assertThat(g.getDouble(0)).isCloseTo((0.5 - 0.01) / Math.sqrt(0.1 + 0.25), offset(1e-12));
    }
}
