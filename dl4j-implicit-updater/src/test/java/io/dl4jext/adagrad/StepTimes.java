package io.dl4jext.adagrad;

import io.dl4jext.baseline.AcceleratedSgd;
import io.dl4jext.baseline.EntropySgd;
import io.dl4jext.elementwise.RatedUpdater;
import io.dl4jext.elementwise.StateUpdater;
import io.dl4jext.elementwise.VectorPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Times of one step of each member and baseline on one tensor, in turns with DL4J's AdaGrad and Nesterovs; medians in ms
 * and ratios to DL4J's AdaGrad. A program, not a test; arguments: the number of parameters, of steps, the data type.
 *
 * <pre>
 * OMP_WAIT_POLICY=PASSIVE mvn -q test-compile exec:exec -pl dl4j-implicit-updater -Dexec.skip=false \
 *     -Dexec.classpathScope=test -Dexec.args="-cp %classpath io.dl4jext.adagrad.StepTimes 1700000 150 FLOAT"
 * </pre>
 */
final class StepTimes {

    private StepTimes() {}

    public static void main(String[] arguments) {
        int parameters = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_700_000;
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 150;
        DataType type = arguments.length > 2 ? DataType.valueOf(arguments[2]) : DataType.FLOAT;
        INDArray gradient = Nd4j.createFromArray(gaussian(parameters)).castTo(type);
        INDArray work = gradient.dup();
        INDArray values = gradient.dup();
        List<String> names = new ArrayList<>();
        List<Step> all = new ArrayList<>();
        for (IUpdater own : new IUpdater[] {new AdaGrad(0.1), new Nesterovs(0.1, 0.9)}) {
            names.add("DL4J's " + own.getClass().getSimpleName());
            GradientUpdater<?> updater = own.instantiate(Nd4j.create(type, 1, own.stateSize(parameters)), true);
            all.add(iteration -> updater.applyUpdater(work, iteration, 0));
        }
        VectorPart whole = new VectorPart(work, 0, parameters);
        for (Member member : Member.all()) {
            names.add(member.toString());
            StateUpdater updater = (StateUpdater)
                    member.updater.instantiate(Nd4j.create(type, member.updater.stateSize(parameters)), true);
            boolean scoped = member.scope() != AccumulatorScope.PARAMETER;
            all.add(iteration -> BoundBlock.step(
                    updater,
                    whole,
                    0,
                    new VectorPart(values, 0, parameters),
                    scoped ? updater.sumOfSquares(whole) : 0,
                    iteration,
                    0));
        }
        for (RatedUpdater baseline : new RatedUpdater[] {
            AcceleratedSgd.builder().learningRate(0.1).build(),
            EntropySgd.builder().learningRate(0.1).noise(0).build(),
            EntropySgd.builder().learningRate(0.1).build()
        }) {
            names.add(
                    baseline instanceof EntropySgd && ((EntropySgd) baseline).getNoise() == 0
                            ? "EntropySgd, no noise"
                            : baseline.getClass().getSimpleName());
            GradientUpdater<?> updater =
                    baseline.instantiate(Nd4j.create(type, 1, baseline.stateSize(parameters)), true);
            all.add(iteration -> updater.applyUpdater(work, iteration, 0));
        }
        double[][] times = new double[all.size()][steps];
        for (int i = 0; i < steps; i++) {
            for (int j = 0; j < times.length; j++) {
                work.assign(gradient);
                long start = System.nanoTime();
                all.get(j).step(i);
                times[j][i] = (System.nanoTime() - start) / 1e6;
            }
        }
        double first = median(times[0]);
        System.out.printf("%d parameters, %s, medians of %d steps%n", parameters, type, steps - steps / 3);
        for (int j = 0; j < times.length; j++) {
            System.out.printf("%-28s %6.2f ms  %5.2f%n", names.get(j), median(times[j]), median(times[j]) / first);
        }
    }

    private interface Step {
        void step(int iteration);
    }

    private static double median(double[] times) {
        double[] late = Arrays.copyOfRange(times, times.length / 3, times.length);
        Arrays.sort(late);
        return late[late.length / 2];
    }

    private static float[] gaussian(int length) {
        Random random = new Random(1);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
