package io.dl4jext.experiments;

import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ImageWorkload;
import io.dl4jext.fisher.FisherListener;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
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
 * The time of one training step: plain, measured at every step, measured at every 50th. JMH runs the cases one after
 * the other in a JVM each; the program's {@code benchmark} command runs them in turns and is what ratios are taken
 * from.
 *
 * <pre>
 * mvn -q test-compile exec:exec@benchmarks -Dargs="FisherStepBenchmark -p network=MLP"
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 10)
@Fork(1)
public class FisherStepBenchmark {

    @Param({"MLP", "LENET", "RESNET8"})
    public Architecture network;

    /** Steps from one measurement to the next; 0: no listener. */
    @Param({"0", "1", "50"})
    public int measureEvery;

    private Model model;
    private DataSet batch;
    private FisherListener listener;

    @Setup(Level.Trial)
    public void create() {
        ImageWorkload workload = ImageWorkload.of(network);
        model = workload.network(1);
        batch = workload.batch(1);
        if (measureEvery > 0) {
            listener = FisherListener.builder()
                    .everyIterations(measureEvery)
                    .failFast(true)
                    .build();
            model.addListeners(listener);
        }
    }

    @Benchmark
    public void step() {
        ((NeuralNetwork) model).fit(batch);
    }

    @TearDown(Level.Trial)
    public void close() {
        if (listener != null) {
            listener.close();
        }
    }
}
