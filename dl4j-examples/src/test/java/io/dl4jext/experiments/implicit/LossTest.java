package io.dl4jext.experiments.implicit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Against DL4J's own losses where these are exact, and by hand where they are not. */
class LossTest {

    private static final IActivation SIGMOID = new ActivationSigmoid();

    private final INDArray outputs = Nd4j.rand(DataType.DOUBLE, 6, 5).subi(0.5).muli(6);

    @Test
    void crossEntropyIsDl4js() {
        INDArray labels = Nd4j.eye(5).castTo(DataType.DOUBLE);
        INDArray five = outputs.get(
                org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 5), org.nd4j.linalg.indexing.NDArrayIndex.all());
        double expected = new LossMCXENT().computeScore(labels, five.dup(), new ActivationSoftmax(), null, false);
        assertThat(OutputLoss.CROSS_ENTROPY.sum(five.dup(), labels)).isCloseTo(expected, within(1e-5));
    }

    @Test
    void crossEntropyHasNoLimit() {
        INDArray far = Nd4j.createFromArray(new float[][] {{500, 0, -500}});
        INDArray label = Nd4j.createFromArray(new float[][] {{0, 0, 1}});
        assertThat(OutputLoss.CROSS_ENTROPY.sum(far, label)).isEqualTo(1000);
        INDArray infinite = Nd4j.createFromArray(new float[][] {{Float.NaN, 0, 0}});
        assertThat(OutputLoss.CROSS_ENTROPY.sum(infinite, label)).isNaN();
    }

    @Test
    void squaredErrorIsDl4js() {
        INDArray labels = Nd4j.rand(DataType.DOUBLE, 6, 5);
        double expected = new LossMSE().computeScore(labels, outputs.dup(), new ActivationIdentity(), null, false);
        assertThat(OutputLoss.SQUARED_ERROR.sum(outputs, labels)).isCloseTo(expected, within(1e-5));
        double summed = new LossL2().computeScore(labels, outputs.dup(), new ActivationIdentity(), null, false);
        assertThat(OutputLoss.SUMMED_SQUARED_ERROR.sum(outputs, labels)).isCloseTo(summed, within(1e-5));
    }

    @Test
    void chordLikelihoodIsDl4jsDividedByTheLength() {
        INDArray labels = Nd4j.rand(DataType.DOUBLE, 6, 5).gt(0.5).castTo(DataType.DOUBLE);
        LossBinaryXENT plain = new LossBinaryXENT();
        ChordLikelihood loss = new ChordLikelihood();
        double expected = plain.computeScore(labels, outputs.dup(), SIGMOID, null, false) / 6;
        assertThat(loss.computeScore(labels, outputs.dup(), SIGMOID, null, false))
                .isCloseTo(expected, within(1e-6)); // scores start from floats
        INDArray gradient =
                plain.computeGradient(labels, outputs.dup(), SIGMOID, null).divi(6);
        assertThat(loss.computeGradient(labels, outputs.dup(), SIGMOID, null).equalsWithEps(gradient, 1e-9))
                .isTrue();
        assertThat(loss.computeScoreArray(labels, outputs.dup(), SIGMOID, null).shape())
                .containsExactly(6, 1);
        // As a series of 6 steps and 5 keys.
        INDArray series = outputs.transpose().dup('c').reshape(1, 5, 6);
        assertThat(OutputLoss.CHORDS.sum(series, labels.transpose().dup('c').reshape(1, 5, 6)))
                .isCloseTo(expected, within(1e-5));
    }

    @Test
    void chordLikelihoodHasNoLimit() {
        INDArray far = Nd4j.createFromArray(new float[][] {{200, -300}});
        INDArray labels = Nd4j.createFromArray(new float[][] {{0, 1}});
        ChordLikelihood loss = new ChordLikelihood();
        assertThat(loss.computeScore(labels, far.dup(), SIGMOID, null, true)).isEqualTo(500);
        assertThat(loss.computeGradient(labels, far.dup(), SIGMOID, null).toFloatVector())
                .containsExactly(1, -1);
    }

    @Test
    void chordLikelihoodRefusesWhatItDoesNotKnow() {
        INDArray one = Nd4j.ones(1, 1);
        ChordLikelihood loss = new ChordLikelihood();
        assertThatThrownBy(() -> loss.computeScore(one, one, SIGMOID, one, false))
                .hasMessageContaining("mask");
        assertThatThrownBy(() -> loss.computeGradient(one, one, new ActivationSoftmax(), null))
                .hasMessageContaining("expected a sigmoid");
    }
}
