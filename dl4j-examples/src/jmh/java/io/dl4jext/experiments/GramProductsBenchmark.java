package io.dl4jext.experiments;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time of the products that form F̃: the inner products, in double precision, of 128 rows of FLOAT. 500 and 784
 * columns are those of the benchmarks' MLP, 25,000 those of LeNet's second convolution.
 *
 * <pre>
 * mvn -q test-compile exec:exec@benchmarks -Dargs="GramProductsBenchmark"
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class GramProductsBenchmark {

    private static final int SAMPLES = 128;

    @Param({"500", "784", "25000"})
    public int columns;

    private INDArray rows;
    private INDArray doubles;
    private INDArray products;
    private GramMatrix gram;

    @Setup(Level.Trial)
    public void create() {
        rows = Nd4j.randn(DataType.FLOAT, SAMPLES, columns);
        doubles = Nd4j.createUninitialized(DataType.DOUBLE, SAMPLES, columns);
        products = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {SAMPLES, SAMPLES}, 'f');
        gram = new GramMatrix();
        gram.reset(SAMPLES);
    }

    /** As the listener takes them. */
    @Benchmark
    public void gram() {
        gram.addRows(rows);
    }

    /** By ND4J's product. */
    @Benchmark
    public void nd4j() {
        doubles.assign(rows);
        Nd4j.gemm(doubles, doubles, products, false, true, 1, 0);
    }

    /** One thread for BLAS and all of them again, which the larger products take. */
    @Benchmark
    public void threads() {
        Blas blas = Nd4j.factory().blas();
        int threads = blas.getMaxThreads();
        blas.setMaxThreads(1);
        blas.setMaxThreads(threads);
    }

    @TearDown(Level.Trial)
    public void close() {
        gram.close();
    }
}
