package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Gradient accumulation: F̃ of a batch that comes in parts is that of the whole, for layers with a rule of their own.
 */
class PartsOfLayersTest {

    private static final Setting SETTING = new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 1);

    static Stream<Case> cases() {
        List<Case> some = new ArrayList<>();
        for (PerSampleGradientContract tests : List.of(
                new RowGradientTest(),
                new SeriesConvolutionGradientTest(),
                new OtherConvolutionGradientTest(),
                new RecurrentGradientTest(),
                new AttentionGradientTest(),
                new GraphGradientTest())) {
            List<Case> cases = tests.cases();
            // The last cases of all are those of attention vertices.
            for (int i = (cases.size() - 1) % 3; i < cases.size(); i += 3) {
                if (cases.get(i).separable() && cases.get(i).runsUnder(SETTING)) {
                    some.add(cases.get(i));
                }
            }
        }
        return some.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void twoPartsAreTheWhole(Case testCase) {
        PlainPass.skipUnlessItRuns(
                testCase.toString(),
                () -> testCase.network(SETTING),
                testCase.data(SETTING),
                () -> requireSame(testCase));
    }

    private static void requireSame(Case testCase) {
        Model network = testCase.network(SETTING);
        MultiDataSet data = testCase.data(SETTING);
        double[] whole =
                FisherProbe.measure(network, data).gramMatrix().dup('f').data().asDouble();

        GradientCapture capture = new GradientCapture();
        boolean[] first = {true};
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                capture.beginPart(model, first[0], !first[0], 1L << 30);
            }

            @Override
            public void onForwardPass(Model model, Map<String, INDArray> activations) {
                capture.beginPart(model, first[0], !first[0], 1L << 30);
            }

            @Override
            public void onBackwardPass(Model model) {
                capture.endPart();
            }
        });
        SampleLoop.pass(network, rows(data, 0, 2));
        first[0] = false;
        SampleLoop.pass(network, rows(data, 2, SETTING.batch));

        assertThat(capture.parts().missingOfParts()).isNull();
        INDArray difference =
                Nd4j.createFromArray(capture.parts().valuesOfParts()).sub(Nd4j.createFromArray(whole));
        assertThat(difference.norm2Number().doubleValue())
                .isLessThan(Tolerances.gram(DataType.DOUBLE)
                        * Nd4j.createFromArray(whole).norm2Number().doubleValue());
    }

    private static MultiDataSet rows(MultiDataSet data, int from, int to) {
        return new MultiDataSet(
                rows(data.getFeatures(), from, to),
                rows(data.getLabels(), from, to),
                rows(data.getFeaturesMaskArrays(), from, to),
                rows(data.getLabelsMaskArrays(), from, to));
    }

    private static INDArray[] rows(INDArray[] arrays, int from, int to) {
        if (arrays == null) {
            return null;
        }
        INDArray[] rows = new INDArray[arrays.length];
        for (int k = 0; k < arrays.length; k++) {
            if (arrays[k] != null) {
                INDArrayIndex[] index = new INDArrayIndex[arrays[k].rank()];
                Arrays.fill(index, NDArrayIndex.all());
                index[0] = NDArrayIndex.interval(from, to);
                rows[k] = arrays[k].dup('c').get(index).dup('c');
            }
        }
        return rows;
    }
}
