package io.dl4jext.fisher.internal.gram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Large products go by blocks on and below the diagonal; the matrix must be whole and symmetric all the same. */
class BlockedProductTest {

    @ParameterizedTest
    @CsvSource({"127, 5000", "128, 4096", "129, 5000", "191, 4200", "192, 4200", "200, 4100", "128, 100"})
    void equalsTheWholeProduct(int samples, int columns) {
        INDArray rows = Nd4j.linspace(DataType.DOUBLE, 0, 0.37, (long) samples * columns)
                .reshape('c', samples, columns);
        rows = Transforms.sin(rows, true);
        GramMatrix gram = new GramMatrix();
        gram.reset(samples);
        gram.addRows(rows);
        gram.addRows(rows);
        INDArray expected = rows.mmul(rows.transpose()).muli(2);
        INDArray actual = gram.matrix();
        double size = expected.norm2Number().doubleValue();
        assertThat(actual.sub(expected).norm2Number().doubleValue()).isLessThan(1e-12 * size);
        assertThat(actual.sub(actual.transpose()).norm2Number().doubleValue()).isLessThan(1e-12 * size);
    }
}
