package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Gradients go where their parameters lie, in whatever order; and a weighted sum is that of the rows that go there. */
class PlaceTest {

    private static final int SAMPLES = 3;
    private static final int COLUMNS = 40;
    private static final double[] WEIGHTS = {0.5, -1, 2};

    private final Random random = new Random(8);

    private INDArray numbers(DataType type, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array.castTo(type);
    }

    /** The matrix that a contribution makes for a layer that begins in column 5; checks the sum and the norms, too. */
    private static INDArray matrix(DataType type, Consumer<SampleGradients> contribution) {
        INDArray matrix = Nd4j.create(type, new long[] {SAMPLES, COLUMNS}, 'c');
        INDArray sum = Nd4j.create(type, new long[] {1, COLUMNS}, 'c');
        double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-5;
        try (GradientMatrix rows = new GradientMatrix(matrix);
                GradientSum total = new GradientSum(sum, WEIGHTS);
                GradientNorms norms = new GradientNorms(SAMPLES)) {
            contribution.accept(rows.from(5));
            contribution.accept(total.from(5));
            contribution.accept(norms);
            INDArray expected = Nd4j.createFromArray(WEIGHTS)
                    .castTo(type)
                    .reshape(1, SAMPLES)
                    .mmul(matrix);
            assertThat(sum.distance2(expected)).isLessThan(tolerance);
            double[] squares = norms.squares();
            for (int i = 0; i < SAMPLES; i++) {
                double norm = matrix.getRow(i).norm2Number().doubleValue();
                assertThat(Math.abs(squares[i] - norm * norm)).isLessThan(100 * tolerance);
            }
        }
        return matrix;
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void rowsInCAndFOrderAndPartsOfThem(DataType type) {
        INDArray rows = numbers(type, SAMPLES, 6);
        Place c = Place.of(2, new long[] {2, 3}, new long[] {3, 1});
        Place f = Place.of(2, new long[] {2, 3}, new long[] {1, 2});
        INDArray inC = matrix(type, gradients -> gradients.addRows(rows, c));
        INDArray inF = matrix(type, gradients -> gradients.addRows(rows, f));
        INDArray byParts = matrix(type, gradients -> {
            gradients.addRows(rows.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3)), f.part(0, 0, 1));
            gradients.addRows(rows.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 6)), f.part(0, 1, 2));
        });
        INDArray turned = matrix(
                type,
                gradients -> gradients.addRows(
                        rows, Place.of(2, new long[] {3, 2}, new long[] {2, 1}).permuted(1, 0)));
        for (int i = 0; i < SAMPLES; i++) {
            for (int k = 0; k < 6; k++) {
                assertThat(inC.getDouble(i, 7 + k)).isEqualTo(rows.getDouble(i, k));
                assertThat(inF.getDouble(i, 7 + k / 3 + k % 3 * 2)).isEqualTo(rows.getDouble(i, k));
            }
        }
        INDArray joined = matrix(
                type,
                gradients -> gradients.addRows(
                        rows,
                        Place.of(2, new long[] {1, 2, 3}, new long[] {6, 3, 1}).joined()));
        assertThat(byParts).isEqualTo(inF);
        assertThat(turned).isEqualTo(inF);
        assertThat(joined).isEqualTo(inC);
        assertThat(Place.of(0, new long[] {2, 3, 2}, new long[] {2, 4, 1})
                        .joined()
                        .isKnown())
                .isFalse();
    }

    /** Weights in either order, in two parameters, and in some columns of a larger one; one row a sample, and three. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void outerProducts(DataType type) {
        Place f = Place.of(0, new long[] {4, 3}, new long[] {1, 4});
        Place c = Place.of(0, new long[] {4, 3}, new long[] {3, 1});
        Place above = Place.of(0, new long[] {1, 3}, new long[] {1, 1})
                .above(Place.of(3, new long[] {3, 3}, new long[] {1, 3}));
        Place some = Place.of(0, new long[] {4, 5}, new long[] {1, 4}).part(1, 1, 4);
        Place bias = Place.of(25, new long[] {1, 3}, new long[] {3, 1});
        for (int rowsPerSample : new int[] {1, 3}) {
            INDArray z = numbers(type, (long) SAMPLES * rowsPerSample, 4);
            INDArray d = numbers(type, (long) SAMPLES * rowsPerSample, 3);
            for (Place place : new Place[] {f, c, above, some}) {
                INDArray matrix = matrix(type, gradients -> OuterProductContribution.add(gradients, z, d, place, bias));
                INDArray written = matrix(type, gradients -> {
                    INDArray g = Nd4j.create(DataType.DOUBLE, SAMPLES, 12);
                    for (int r = 0; r < z.rows(); r++) {
                        for (int k = 0; k < 12; k++) {
                            int i = r % SAMPLES;
                            g.putScalar(i, k, g.getDouble(i, k) + z.getDouble(r, k / 3) * d.getDouble(r, k % 3));
                        }
                    }
                    gradients.addRows(g, place);
                    gradients.addRows(d, bias);
                });
                assertThat(matrix.distance2(written)).isLessThan(type == DataType.DOUBLE ? 1e-12 : 1e-5);
                assertThat(matrix.norm2Number().doubleValue()).isPositive();
            }
        }
    }

    @Test
    void whatNobodyNamesHasNormsButNoRows() {
        INDArray rows = numbers(DataType.DOUBLE, SAMPLES, 4);
        try (GradientNorms norms = new GradientNorms(SAMPLES)) {
            norms.addRows(rows);
            OuterProductContribution.add(norms, rows, rows, true);
            assertThat(norms.squares()[1]).isPositive();
        }
        try (GradientMatrix matrix = new GradientMatrix(Nd4j.create(DataType.DOUBLE, SAMPLES, COLUMNS));
                GradientSum sum = new GradientSum(Nd4j.create(DataType.DOUBLE, 1, COLUMNS), WEIGHTS)) {
            for (SampleGradients gradients : new SampleGradients[] {matrix, sum}) {
                assertThatThrownBy(() -> gradients.addRows(rows))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("does not say which of its parameters");
                assertThatThrownBy(() -> OuterProductContribution.add(gradients, rows, rows, true))
                        .isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> EmbeddingContribution.add(
                                gradients, Nd4j.zeros(SAMPLES), rows, Place.UNKNOWN, Place.NONE))
                        .isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> gradients.addRows(rows, Place.flat(5)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll("5 parameters", "got 4");
            }
        }
    }
}
