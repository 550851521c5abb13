package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Measurements made by hand. */
class FisherMeasurementTest {

    /** The same gradients, taken of a network and given by hand, say the same. */
    @Test
    void madeByHandItIsWhatAProbeMeasures() {
        Setting setting = new Setting(DataType.DOUBLE, 5, WorkspaceMode.NONE, false, 77);
        MultiLayerNetwork network = new MultiLayerNetwork(Case.base(setting)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        network.init();
        Draw draw = setting.draw();
        MultiDataSet data = Draw.data(draw.normal(5, 4), draw.oneHot(5, 3));
        FisherMeasurement measured = FisherProbe.measure(network, data);
        FisherMeasurement made = FisherMeasurement.builder()
                .learningRate(measured.learningRate())
                .loss(measured.loss())
                .gradients(SampleLoop.gradients(network, data).transpose().toDoubleMatrix())
                .keepGramMatrix(true)
                .build();
        FisherSummary soFar = FisherHistory.of(made).summary();
        for (Column column : Column.values()) {
            double expected = column.of(measured, soFar).doubleValue();
            if (column == Column.TOP_ALIGNMENT) {
                // Not asked for.
                assertThat(column.of(made, soFar).doubleValue()).isNaN();
                assertThat(expected).isNaN();
                continue;
            }
            assertThat(column.of(made, soFar).doubleValue())
                    .as(column.title())
                    .isCloseTo(expected, within(1e-9 * Math.abs(expected)));
        }
        double scale = measured.trace();
        assertThat(made.eigenvalues()).containsExactly(measured.eigenvalues(), within(1e-12 * scale));
        assertThat(made.gramMatrix().data().asDouble())
                .containsExactly(measured.gramMatrix().dup('f').data().asDouble(), within(1e-12 * scale));
        assertThat(made.gradientStatistics().gradientNorms())
                .containsExactly(measured.gradientStatistics().gradientNorms(), within(1e-12 * scale));
    }

    @Test
    void eigenvaluesAreThoseGivenDescending() {
        FisherMeasurement made =
                FisherMeasurement.builder().eigenvalues(1, 16, 0).build();
        assertThat(made.eigenvalues()).containsExactly(16, 1, 0);
        assertThat(made.gradientStatistics().gradientNorms()).containsExactly(1, 4, 0);
        assertThat(made.rank()).isEqualTo(2);
        assertThat(made.conditionNumber()).isEqualTo(4);
        assertThat(made.iteration()).isZero();
        assertThat(made.epoch()).isZero();
        assertThat(made.learningRate()).isNaN();
        assertThat(made.energy()).isNaN();
        assertThat(made.loss()).isNaN();
        assertThat(made.gramMatrix()).isNull();
    }

    @Test
    void aDivergedTrainingCanBeMade() {
        FisherMeasurement made = FisherMeasurement.builder()
                .loss(Double.POSITIVE_INFINITY)
                .gradients(new double[] {1, Double.NaN}, new double[] {1, 2})
                .build();
        assertThat(made.conditionNumber()).isNaN();
        assertThat(made.trace()).isNaN();
        assertThat(made.gradientStatistics().noiseScale()).isNaN();
    }

    /** σ = 1, 1e-4 and 1e-15. */
    @Test
    void theToleranceSaysWhatCountsAsZero() {
        FisherMeasurement.Builder builder = FisherMeasurement.builder().eigenvalues(1, 1e-8, 1e-30);
        assertThat(builder.build().rank()).isEqualTo(2);
        assertThat(builder.rankTolerance(RankTolerance.SINGLE_PRECISION).build().rank())
                .isEqualTo(1);
        assertThat(builder.rankTolerance(RankTolerance.EXACT_ZEROS).build().rank())
                .isEqualTo(3);
        assertThat(builder.rankTolerance(RankTolerance.relative(1e-5)).build().rank())
                .isEqualTo(2);
        assertThat(builder.rankTolerance((samples, type) -> samples * 1e-5)
                        .build()
                        .rank())
                .isEqualTo(2);
        assertThat(RankTolerance.SINGLE_PRECISION.of(64, DataType.DOUBLE)).isCloseTo(3.45e-4, within(5e-7));
        assertThat(RankTolerance.ROUNDING.of(64, DataType.FLOAT)).isEqualTo(0x1p-17);
        assertRefused(() -> RankTolerance.relative(1), "rankTolerance", "1.0");
        assertRefused(() -> FisherListener.builder().rankTolerance(null), "rank tolerance", "null");
        assertRefused(() -> FisherProbe.builder().rankTolerance(null), "rank tolerance", "null");
    }

    @Test
    void oneBuilderMakesManyMeasurements() {
        FisherMeasurement.Builder builder =
                FisherMeasurement.builder().learningRate(0.5).eigenvalues(4);
        FisherMeasurement first = builder.iteration(1).build();
        FisherMeasurement second = builder.iteration(2).learningRate(1).build();
        assertThat(first.iteration()).isEqualTo(1);
        assertThat(first.energy()).isEqualTo(1);
        assertThat(second.iteration()).isEqualTo(2);
        assertThat(second.energy()).isEqualTo(2);
    }

    @Test
    void whatIsRefusedIsNamed() {
        assertThatThrownBy(() -> FisherMeasurement.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("gradients", "eigenvalues", "neither");
        assertThatThrownBy(() -> FisherMeasurement.builder().eigenvalues(1, 2).gradients(new double[] {1}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("2 examples");
        assertRefused(() -> FisherMeasurement.builder().iteration(-1), "iteration", "-1");
        assertRefused(() -> FisherMeasurement.builder().epoch(-2), "epoch", "-2");
        assertRefused(() -> FisherMeasurement.builder().learningRate(-0.5), "learning rate", "-0.5");
        assertRefused(() -> FisherMeasurement.builder().learningRate(Double.POSITIVE_INFINITY), "Infinity");
        assertRefused(() -> FisherMeasurement.builder().eigenvalues(), "eigenvalues", "[]");
        assertRefused(() -> FisherMeasurement.builder().eigenvalues(1, -3), "eigenvalues", "-3");
        assertRefused(() -> FisherMeasurement.builder().gradients(), "gradients", "[]");
        assertRefused(() -> FisherMeasurement.builder().gradients(new double[] {1}, new double[] {1, 2}), "[1.0, 2.0]");
        assertRefused(() -> FisherMeasurement.builder().rankTolerance(null), "rank tolerance", "null");
        FisherMeasurement at5 =
                FisherMeasurement.builder().iteration(5).eigenvalues(1).build();
        assertRefused(() -> FisherHistory.of(at5, at5), "5 after 5");
    }

    /** As a listener would have it: three iterations with rate 0.5 and one example each, then one with two. */
    @Test
    void aHistoryCountsTheIterationsBetween() {
        FisherMeasurement at4 = FisherMeasurement.builder()
                .iteration(4)
                .learningRate(0.5)
                .eigenvalues(9)
                .build();
        FisherMeasurement at7 = FisherMeasurement.builder()
                .iteration(7)
                .learningRate(0.5)
                .eigenvalues(9, 1)
                .build();
        FisherHistory run = FisherHistory.of(at4, at7);
        assertThat(run.measurements()).containsExactly(at4, at7);
        assertThat(run.summaries().get(0).iterations()).isEqualTo(1);
        assertThat(run.summary().measurements()).isEqualTo(2);
        assertThat(run.summary().iterations()).isEqualTo(4);
        assertThat(run.summary().examples()).isEqualTo(5);
        assertThat(run.averageConditionNumber()).isEqualTo(2);
        assertThat(run.cumulativeEnergy()).isCloseTo(3 * 1.5 + 0.25 * Math.sqrt(10), within(1e-12));
        assertThat(FisherHistory.of().measurements()).isEmpty();
    }

    private static void assertRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(parts);
    }

    private static FisherMeasurement of(int iteration, double... loss) {
        double[][] gradients = new double[loss.length][];
        for (int i = 0; i < loss.length; i++) {
            gradients[i] = new double[] {loss[i], 1, iteration};
        }
        return FisherMeasurement.builder()
                .iteration(iteration)
                .epoch(1)
                .learningRate(0.1)
                .loss(Arrays.stream(loss).average().orElseThrow())
                .gradients(gradients)
                .build();
    }

    /** Two workers' mini-batches, of different sizes. */
    @Test
    void togetherTheyAreOneBatchOfUnknownInnerProducts() {
        FisherMeasurement together = FisherMeasurement.together(List.of(of(3, 1, 2), of(3, 4, 5, 6)));
        FisherMeasurement whole = of(3, 1, 2, 4, 5, 6);
        assertThat(together.iteration()).isEqualTo(3);
        assertThat(together.epoch()).isEqualTo(1);
        assertThat(together.batchSize()).isEqualTo(5);
        assertThat(together.loss()).isCloseTo(whole.loss(), within(1e-12));
        assertThat(together.trace()).isCloseTo(whole.trace(), within(1e-10));
        assertThat(together.energy()).isCloseTo(whole.energy(), within(1e-12));
        assertThat(together.gradientStatistics().gradientNorms())
                .containsExactly(whole.gradientStatistics().gradientNorms(), within(1e-12));
        assertThat(together.conditionNumber()).isNaN();
        assertThat(together.meanGradientNorm()).isNaN();
        assertThat(together.rank()).isZero();
    }

    @Test
    void togetherTakesMeasurementsOfOneIterationOnly() {
        assertThatThrownBy(() -> FisherMeasurement.together(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected measurements of one iteration, got none");
        assertThatThrownBy(() -> FisherMeasurement.together(List.of(of(3, 1), of(4, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected measurements of one iteration, got iterations 3 and 4");
        assertThatThrownBy(() -> FisherMeasurement.together(List.of(of(3, 1).figuresOnly())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Expected measurements with their gradient norms, got one without: ");
    }

    @Test
    void isTheSameAfterSerialisation() throws Exception {
        FisherMeasurement measurement = of(3, 1, 2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(measurement);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            FisherMeasurement read = (FisherMeasurement) in.readObject();
            assertThat(read.toString()).isEqualTo(measurement.toString());
            assertThat(read.eigenvalues()).containsExactly(measurement.eigenvalues());
            assertThat(read.gradientStatistics().noiseScale())
                    .isEqualTo(measurement.gradientStatistics().noiseScale());
        }
    }
}
