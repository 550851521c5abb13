package io.dl4jext.stochastic;

import java.util.Arrays;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Times of the two passes of the updater on one tensor, in turns with DL4J's Nesterovs; medians in ms. A program, not a test
 * ({@code benchmark stochastic} of dl4j-examples measures whole steps):
 *
 * <pre>
 * mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=/dev/stdout -pl dl4j-stochastic-batch
 * java -cp dl4j-stochastic-batch/target/classes:dl4j-stochastic-batch/target/test-classes:CLASSPATH io.dl4jext.stochastic.StepTimes 1700000
 * </pre>
 */
final class StepTimes {

    private StepTimes() {}

    public static void main(String[] arguments) {
        int parameters = arguments.length == 0 ? 1_700_000 : Integer.parseInt(arguments[0]);
        int steps = 300;
        INDArray gradient = Nd4j.createFromArray(gaussian(parameters));
        INDArray work = gradient.dup();
        GradientUpdater<?> nesterovs =
                new Nesterovs(0.1, 0.9).instantiate(Nd4j.zeros(DataType.FLOAT, parameters), true);
        Ours plain = new Ours(StochasticBatch.builder().build(), parameters);
        Ours moving = new Ours(StochasticBatch.builder().momentum(0.9).build(), parameters);
        double[][] times = new double[5][steps];
        for (int i = 0; i < steps; i++) {
            int iteration = i;
            times[0][i] = time(work, gradient, () -> nesterovs.applyUpdater(work, iteration, 0));
            times[1][i] = time(work, gradient, () -> plain.measure(work));
            times[2][i] = time(work, gradient, () -> plain.step(work, iteration));
            times[3][i] = time(work, gradient, () -> moving.measure(work));
            times[4][i] = time(work, gradient, () -> moving.step(work, iteration));
        }
        double[] medians = Arrays.stream(times)
                .mapToDouble(all -> {
                    double[] late = Arrays.copyOfRange(all, steps / 3, steps);
                    Arrays.sort(late);
                    return late[late.length / 2];
                })
                .toArray();
        System.out.printf(
                "%d parameters, ms: Nesterovs %.2f; stochastic batch %.2f (%.2f + %.2f), with momentum %.2f (%.2f + %.2f)%n",
                parameters,
                medians[0],
                medians[1] + medians[2],
                medians[1],
                medians[2],
                medians[3] + medians[4],
                medians[3],
                medians[4]);
    }

    private static float[] gaussian(int length) {
        Random random = new Random(1);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double time(INDArray work, INDArray gradient, Runnable action) {
        work.assign(gradient);
        long start = System.nanoTime();
        action.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static final class Ours {

        private final StochasticBatch config;
        private final StochasticBatchUpdater updater;
        private final Passes passes = Passes.of(DataType.FLOAT);
        private final int parameters;
        private Moments moments;

        Ours(StochasticBatch config, int parameters) {
            this.config = config;
            this.parameters = parameters;
            INDArray state = Nd4j.zeros(DataType.FLOAT, config.stateSize(parameters));
            updater = (StochasticBatchUpdater) config.instantiate(state, true);
        }

        void measure(INDArray gradient) {
            moments = passes.measureMeans(gradient, updater.state(), parameters, 0, parameters);
        }

        void step(INDArray gradient, int iteration) {
            UpdateProbability probability =
                    UpdateProbability.combined(config.getAlpha(), config.getLambda(), moments, 0.3);
            UpdateRule rule = new UpdateRule(config, probability, new UpdateDraws(1, iteration), 0.1, EpochMark.of(0));
            passes.step(gradient, updater.state(), 0, parameters, 0, 0, rule);
        }
    }
}
