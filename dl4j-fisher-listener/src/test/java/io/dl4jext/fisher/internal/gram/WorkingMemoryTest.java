package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Working memory is O(B² + the largest layer's buffers), or a fixed amount where a layer is taken in pieces; not B·P.
 */
class WorkingMemoryTest {

    private static final int SAMPLES = 64;

    @Test
    void denseLayersTakeTheirInputsAndDeltasOnly() {
        int width = 512;
        GramMatrix gram = new GramMatrix();
        gram.reset(SAMPLES);
        INDArray inputs = Nd4j.ones(DataType.FLOAT, SAMPLES, width);
        for (int layer = 0; layer < 3; layer++) {
            OuterProductContribution.add(gram, inputs, inputs, true);
        }
        assertThat(gram.workingBytes())
                .isPositive()
                .isLessThanOrEqualTo(8L * (3 * SAMPLES * SAMPLES + 2 * SAMPLES * width));
    }

    @Test
    void aConvolutionWithManyParametersIsTakenInPieces() {
        int channels = 256;
        int size = 4;
        GramMatrix gram = new GramMatrix();
        gram.reset(SAMPLES);
        INDArray images = Nd4j.ones(DataType.FLOAT, SAMPLES, channels, size, size);
        int[] one = {1, 1};
        ConvolutionGeometry geometry = new ConvolutionGeometry(new int[] {3, 3}, one, one, one);
        new ConvolutionContribution().addFormed(gram, images, images, geometry, false);
        long gradients = 4L * SAMPLES * channels * channels * 9;
        assertThat(gradients).isGreaterThan(2 * GramMatrix.WORKING_BYTES);
        // A piece in float, the same in double, and patches; buffers grow to the largest piece.
        assertThat(gram.workingBytes()).isLessThan(2 * GramMatrix.WORKING_BYTES + (16L << 20));
    }

    /** Two images a sample; of all of them the patches and their rows would take 345 MB. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void normsOfAConvolutionUnfoldAFewSamplesAtATime(DataType type) {
        int samples = 12;
        int channels = 256;
        int size = 14;
        int[] one = {1, 1};
        ConvolutionGeometry geometry = new ConvolutionGeometry(new int[] {3, 3}, one, one, one);
        INDArray images = Nd4j.rand(type, 2 * samples, channels, size, size);
        // As DL4J's own convolution leaves them: not one image after the other.
        INDArray deltas = images.permute(1, 0, 2, 3).dup('c').permute(1, 0, 2, 3);
        GradientNorms norms = new GradientNorms(samples);
        new ConvolutionContribution().addPairs(norms, images, deltas, geometry, true);
        assertThat(norms.scratch().bytes()).isLessThan(2 * GramMatrix.WORKING_BYTES);
        double[] squares = norms.squares();
        for (int i = 0; i < samples; i += 5) {
            INDArray own = Nd4j.concat(0, image(images, i), image(images, samples + i));
            GradientNorms single = new GradientNorms(1);
            new ConvolutionContribution().addPairs(single, own, own, geometry, true);
            assertThat(squares[i]).as("sample %d", i).isCloseTo(single.squares()[0], withinPercentage(1e-4));
        }
    }

    private static INDArray image(INDArray images, int i) {
        return images.get(NDArrayIndex.interval(i, i + 1), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all());
    }

    /** Several kinds of layers take working memory of one name in different types, in turns. */
    @Test
    void eachTypeKeepsItsMemory() {
        Scratch scratch = new Scratch();
        INDArray floats = scratch.take("rows", DataType.FLOAT, 'c', 4, 6);
        INDArray doubles = scratch.take("rows", DataType.DOUBLE, 'c', 4, 6);
        assertThat(scratch.take("rows", DataType.FLOAT, 'c', 6, 4).data().address())
                .isEqualTo(floats.data().address());
        assertThat(scratch.take("rows", DataType.DOUBLE, 'f', 2, 5).data().address())
                .isEqualTo(doubles.data().address());
        assertThat(scratch.bytes()).isEqualTo(24 * (4 + 8));
    }

    /** Batches grow by a schedule: what they have outgrown does not wait for Java's collector. */
    @Test
    void whatIsOutgrownIsGivenBack() {
        Scratch scratch = new Scratch();
        INDArray small = scratch.take("rows", DataType.DOUBLE, 'c', 4, 6);
        INDArray large = scratch.take("rows", DataType.DOUBLE, 'c', 40, 6);
        assertThat(small.wasClosed()).isTrue();
        assertThat(large.assign(1).sumNumber().doubleValue()).isEqualTo(240);
        assertThat(scratch.bytes()).isEqualTo(240 * 8);
    }
}
