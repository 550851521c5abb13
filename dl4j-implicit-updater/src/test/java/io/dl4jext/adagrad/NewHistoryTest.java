package io.dl4jext.adagrad;

import static io.dl4jext.adagrad.Nets.assertClose;
import static io.dl4jext.adagrad.Nets.attached;
import static io.dl4jext.adagrad.Nets.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.nd4j.linalg.api.buffer.DataType.DOUBLE;
import static org.nd4j.linalg.api.buffer.DataType.FLOAT;

import io.dl4jext.implicit.ImplicitBackprop;
import io.dl4jext.implicit.ImplicitSgd;
import io.dl4jext.implicit.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A trained network that gets an updater with a new state follows the printed algorithm from its first line on, in
 * double precision: its sums hold nothing of the training before, its counts begin with 1.
 */
class NewHistoryTest {

    private static final int ITERATIONS = 10_003;
    private static final int STEPS = 6;

    static List<Member> members() {
        return NewStateTest.members();
    }

    /** Those that can be the rule of implicit steps. */
    static List<Member> rules() {
        return members().stream().filter(member -> !member.needsNetwork()).collect(Collectors.toList());
    }

    private static MultiLayerNetwork trained(Member member) {
        MultiLayerNetwork network = attached(Nets.mlp(DOUBLE, member.updater), member);
        Nets.batches(Seeds.random("before"), DOUBLE, 3).forEach(network::fit);
        network.setIterationCount(ITERATIONS);
        return network;
    }

    @ParameterizedTest
    @MethodSource("members")
    void afterARestoreWithoutTheUpdater(Member member) throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ModelSerializer.writeModel(trained(member), file, true);
        assertFollows(
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()), false), member);
    }

    @ParameterizedTest
    @MethodSource("members")
    void afterTransferLearning(Member member) {
        assertFollows(
                new TransferLearning.Builder(trained(member))
                        .fineTuneConfiguration(fineTuning(member))
                        .build(),
                member);
    }

    private static FineTuneConfiguration fineTuning(Member member) {
        return new FineTuneConfiguration.Builder()
                .updater(member.updater.clone())
                .build();
    }

    /**
     * DL4J makes a graph of type FLOAT here, whatever the type of the trained one, and so rounds the parameters: a
     * comparison in double precision has to begin after that.
     */
    @ParameterizedTest
    @MethodSource("members")
    void afterTransferLearningOfAGraph(Member member) {
        ComputationGraph trained = attached(Nets.graph(DOUBLE, member.updater), member);
        Nets.batches(Seeds.random("before"), DOUBLE, 3).forEach(trained::fit);
        ComputationGraph single = new TransferLearning.GraphBuilder(trained)
                .fineTuneConfiguration(fineTuning(member))
                .build();
        assertThat(single.params().dataType()).isEqualTo(FLOAT);
        ComputationGraph graph = attached(single.convertDataType(DOUBLE), member);
        graph.getConfiguration().setIterationCount(ITERATIONS);
        double[] expected = values(graph.params());
        MultiLayerNetwork gradients = Nets.mlp(DOUBLE, new Sgd(0));
        Reference reference = member.reference.get();
        int t = 0;
        for (DataSet batch : Nets.batches(Seeds.random("after"), DOUBLE, STEPS)) {
            double[] gradient = Nets.gradient(gradients, expected, batch);
            reference.step(expected, gradient, Nets.borders(gradients), t++, member.updater.getLearningRate());
            graph.fit(batch);
        }
        assertClose(values(graph.params()), expected, 1e-12);
    }

    private static void assertFollows(MultiLayerNetwork network, Member member) {
        assertThat(network.params().dataType()).isEqualTo(DOUBLE);
        network.setIterationCount(ITERATIONS);
        attached(network, member);
        assertFollows(network, Nets.mlp(DOUBLE, new Sgd(0)), member);
    }

    /** With the gradients that the second network has for the parameters expected so far. */
    private static void assertFollows(MultiLayerNetwork network, MultiLayerNetwork gradients, Member member) {
        double[] start = values(network.params());
        double[] expected = start.clone();
        Reference reference = member.reference.get();
        int t = 0;
        for (DataSet batch : Nets.batches(Seeds.random("after"), DOUBLE, STEPS)) {
            double[] gradient = Nets.gradient(gradients, expected, batch);
            reference.step(expected, gradient, Nets.borders(network), t++, member.updater.getLearningRate());
            network.fit(batch);
        }
        assertThat(network.getIterationCount()).isEqualTo(ITERATIONS + STEPS);
        assertClose(values(network.params()), expected, 1e-12);
        assertThat(expected).isNotEqualTo(start);
    }

    /** The gradients are those of implicit layers then, of the same settings; with rules, which step with them. */
    @ParameterizedTest
    @MethodSource("rules")
    void afterAConversion(Member member) {
        MultiLayerNetwork trained = Nets.mlp(DOUBLE, new Sgd(0.1));
        Nets.batches(Seeds.random("before"), DOUBLE, 3).forEach(trained::fit);
        trained.setIterationCount(ITERATIONS);
        ImplicitSgd updater = ImplicitSgd.builder().rule(member.updater).build();
        assertFollows(
                ImplicitBackprop.convert(trained, updater).result(),
                ImplicitBackprop.convert(trained, updater).result(),
                member);
    }

    /** T of the state, the only one that the step looks at. */
    @Test
    void madGradsCountBeginsWithOne() {
        Member madGrad = members().stream()
                .filter(member -> member.toString().equals("MADGRAD"))
                .findFirst()
                .orElseThrow();
        MultiLayerNetwork network = new TransferLearning.Builder(trained(madGrad))
                .fineTuneConfiguration(fineTuning(madGrad))
                .build();
        network.setIterationCount(ITERATIONS);
        int steps = 0;
        for (DataSet batch : Nets.batches(Seeds.random("counts"), DOUBLE, STEPS)) {
            network.fit(batch);
            steps++;
            INDArray state = network.getUpdater().getStateViewArray();
            double[] all = values(state.reshape(state.length()));
            for (int i = 3 * all.length / 4; i < all.length; i++) {
                assertThat(all[i]).isEqualTo(steps);
            }
        }
    }
}
