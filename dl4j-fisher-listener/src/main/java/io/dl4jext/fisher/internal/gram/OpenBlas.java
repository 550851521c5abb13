package io.dl4jext.fisher.internal.gram;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of OpenBLAS, which ND4J brings to the CPU, as ND4J does not offer them: of half a symmetric result (the
 * {@code syrk} of ND4J 1.0.0-beta7 and -M2.1 multiplies one column, whatever it is given), and of matrices that are no
 * arrays of ND4J's.
 */
final class OpenBlas {

    private static final int ROW_MAJOR = 101;
    private static final int COLUMN_MAJOR = 102;
    private static final int AS_IT_IS = 111;
    private static final int TRANSPOSED = 112;
    private static final int LOWER = 122;

    private static final boolean PRESENT = isPresentNow();

    private OpenBlas() {}

    /** Whether ND4J works with OpenBLAS, and it can be called. */
    static boolean isPresent() {
        return PRESENT;
    }

    private static boolean isPresentNow() {
        if (Nd4j.getExecutioner().type() != OpExecutioner.ExecutionerType.NATIVE_CPU
                || Nd4j.factory().blas().getBlasVendor() != Blas.Vendor.OPENBLAS) {
            return false;
        }
        try (HostMemory rows = HostMemory.of(Nd4j.createFromArray(1.0, 2.0, 3.0, 4.0));
                HostMemory sums = HostMemory.of(Nd4j.createFromArray(0.0, 0.0, 0.0, 0.0))) {
            addSquare(rows, 2, 2, false, false, sums);
            double[] found = new double[4];
            sums.read(0, found, 4);
            return found[0] == 5 && found[1] == 11 && found[3] == 25;
        } catch (LinkageError | RuntimeException notThere) {
            return false;
        }
    }

    /**
     * S = R Rᵀ, or S + R Rᵀ, on and below the diagonal. All DOUBLE.
     *
     * @param rows R, samples × width
     * @param byColumns whether its columns lie one after the other, else its rows do
     * @param sums S, samples × samples, column by column
     */
    static void addSquare(HostMemory rows, int samples, int width, boolean byColumns, boolean more, HostMemory sums) {
        openblas.cblas_dsyrk(
                COLUMN_MAJOR,
                LOWER,
                byColumns ? AS_IT_IS : TRANSPOSED,
                samples,
                width,
                1.0,
                (DoublePointer) rows.start(),
                byColumns ? samples : width,
                more ? 1.0 : 0.0,
                (DoublePointer) sums.start(),
                samples);
        Reference.reachabilityFence(rows);
        Reference.reachabilityFence(sums);
    }

    /**
     * C = A Bᵀ, row by row: A is m × k, B n × k. All FLOAT or all DOUBLE.
     *
     * @param aFrom where A begins, in elements; likewise B and C
     */
    static void product(
            HostMemory a, long aFrom, HostMemory b, long bFrom, HostMemory c, long cFrom, int m, int n, int k) {
        multiply(AS_IT_IS, a, aFrom, k, TRANSPOSED, b, bFrom, k, c, cFrom, m, n, k);
    }

    /** C = Aᵀ B, row by row: A is k × m, B k × n. Otherwise as {@link #product}. */
    static void transposedProduct(
            HostMemory a, long aFrom, HostMemory b, long bFrom, HostMemory c, long cFrom, int m, int n, int k) {
        multiply(TRANSPOSED, a, aFrom, m, AS_IT_IS, b, bFrom, n, c, cFrom, m, n, k);
    }

    private static void multiply(
            int aForm,
            HostMemory a,
            long aFrom,
            int aWidth,
            int bForm,
            HostMemory b,
            long bFrom,
            int bWidth,
            HostMemory c,
            long cFrom,
            int m,
            int n,
            int k) {
        if (a.isSingle()) {
            openblas.cblas_sgemm(
                    ROW_MAJOR,
                    aForm,
                    bForm,
                    m,
                    n,
                    k,
                    1,
                    floats(a, aFrom),
                    aWidth,
                    floats(b, bFrom),
                    bWidth,
                    0,
                    floats(c, cFrom),
                    n);
        } else {
            openblas.cblas_dgemm(
                    ROW_MAJOR,
                    aForm,
                    bForm,
                    m,
                    n,
                    k,
                    1,
                    doubles(a, aFrom),
                    aWidth,
                    doubles(b, bFrom),
                    bWidth,
                    0,
                    doubles(c, cFrom),
                    n);
        }
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    private static FloatPointer floats(HostMemory memory, long from) {
        Pointer start = memory.start();
        return new FloatPointer(start).position(start.position() + from);
    }

    private static DoublePointer doubles(HostMemory memory, long from) {
        Pointer start = memory.start();
        return new DoublePointer(start).position(start.position() + from);
    }
}
