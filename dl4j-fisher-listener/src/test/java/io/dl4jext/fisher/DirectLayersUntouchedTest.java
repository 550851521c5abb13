package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Training with a listener is training without one, to the bit, for every kind of layer with a rule of its own. */
@Tag("slow")
@Tag("slow")
class DirectLayersUntouchedTest {

    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (PerSampleGradientContract tests : List.of(
                new RowGradientTest(),
                new SeriesConvolutionGradientTest(),
                new OtherConvolutionGradientTest(),
                new RecurrentGradientTest(),
                new AttentionGradientTest(),
                new GraphGradientTest())) {
            List<Setting> settings = Setting.grid();
            int next = 0;
            for (Case testCase : tests.cases()) {
                // One setting each, in turns.
                for (int k = 0; k < settings.size(); k++) {
                    Setting setting = settings.get((next + k) % settings.size());
                    if (setting.batch > 1 && testCase.runsUnder(setting)) {
                        all.add(Arguments.of(testCase, setting));
                        next++;
                        break;
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}; {1}")
    @MethodSource("cases")
    void sameTrainingWithAndWithoutListener(Case testCase, Setting setting) {
        PlainPass.skipUnlessItRuns(
                testCase + "; " + setting,
                () -> testCase.network(setting),
                testCase.data(setting),
                () -> requireSameTraining(testCase, setting));
    }

    private static void requireSameTraining(Case testCase, Setting setting) {
        List<Object> plain = train(testCase, setting, null);
        FisherListener fisher =
                FisherListener.builder().everyIterations(1).failFast(true).build();
        assertThat(train(testCase, setting, fisher)).isEqualTo(plain);
        assertThat(fisher.history().measurements()).isNotEmpty();
    }

    /** All that three steps leave behind. */
    private static List<Object> train(Case testCase, Setting setting, FisherListener fisher) {
        Nd4j.getRandom().setSeed(setting.seed);
        Model network = testCase.network(setting);
        List<Object> layers = List.of(layers(network));
        if (fisher != null) {
            network.setListeners(fisher);
        }
        MultiDataSet data = testCase.data(setting);
        for (int step = 0; step < 3; step++) {
            WatchedStep.fit(network, data);
        }
        assertThat(List.of(layers(network))).isEqualTo(layers);
        String json = network instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) network).getConfiguration().toJson();
        assertThat(json).doesNotContain("io.dl4jext.fisher.internal");
        return List.of(
                // ND4J takes arrays to be equal that differ by less than 1e-5.
                Arrays.stream(network.params().toDoubleVector()).boxed().collect(Collectors.toList()),
                network.score(),
                json,
                Nd4j.getRandom().rootState(),
                Nd4j.getRandom().nodeState());
    }

    /** Layers, and a graph's vertices. */
    private static Object[] layers(Model network) {
        List<Object> all = new ArrayList<>();
        if (network instanceof MultiLayerNetwork) {
            all.addAll(List.of(((MultiLayerNetwork) network).getLayers()));
        } else {
            all.addAll(List.of(((ComputationGraph) network).getLayers()));
            all.addAll(List.of(((ComputationGraph) network).getVertices()));
        }
        return all.toArray();
    }
}
