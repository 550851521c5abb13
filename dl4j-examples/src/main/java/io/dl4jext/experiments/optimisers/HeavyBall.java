package io.dl4jext.experiments.optimisers;

import io.dl4jext.elementwise.ElementStep;
import io.dl4jext.elementwise.Problems;
import io.dl4jext.elementwise.RatedUpdater;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * SGD with classical momentum (paper 3, eq. 6): v ← α·v + η·g, w ← w − v, with the gradient g of the mini-batch's mean loss and v = 0
 * at the start. DL4J's {@code Nesterovs} looks ahead and is another method. The state has one value for each parameter.
 */
public final class HeavyBall extends RatedUpdater {

    private static final long serialVersionUID = 1L;

    private final double momentum;

    /**
     * With a schedule.
     *
     * @param learningRateSchedule η
     * @param momentum α, 0 ≤ α &lt; 1
     * @throws IllegalArgumentException if the momentum is outside its range
     */
    public HeavyBall(ISchedule learningRateSchedule, double momentum) {
        this(Double.NaN, learningRateSchedule, momentum);
    }

    @JsonCreator
    private HeavyBall(
            @JsonProperty("learningRate") double learningRate,
            @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
            @JsonProperty("momentum") double momentum) {
        super(learningRate, learningRateSchedule);
        this.momentum = momentum;
        new Problems().share("momentum", momentum).report("HeavyBall");
    }

    public double getMomentum() {
        return momentum;
    }

    @Override
    protected List<Object> settings() {
        return List.of("momentum=" + momentum);
    }

    @Override
    protected List<String> stateNames() {
        return List.of("V");
    }

    @Override
    protected double initialState(int array) {
        return 0;
    }

    @Override
    protected void check(DataType type) {}

    @Override
    public ElementStep step(int iteration, int epoch) {
        return new Step(getLearningRate(iteration, epoch), momentum);
    }

    @Override
    public HeavyBall clone() {
        return new HeavyBall(getLearningRate(), scheduleCopy(), momentum);
    }

    private static final class Step implements ElementStep {

        private final double rate;
        private final double momentum;

        Step(double rate, double momentum) {
            this.rate = rate;
            this.momentum = momentum;
        }

        @Override
        public int[] states() {
            return new int[] {0};
        }

        @Override
        public boolean writes(int array) {
            return true;
        }

        @Override
        public void floats(float[][] arrays, int n, long first) {
            float[] g = arrays[0];
            float[] v = arrays[1];
            float rate = (float) this.rate;
            float momentum = (float) this.momentum;
            for (int i = 0; i < n; i++) {
                v[i] = momentum * v[i] + rate * g[i];
                g[i] = v[i];
            }
        }

        @Override
        public void doubles(double[][] arrays, int n, long first) {
            double[] g = arrays[0];
            double[] v = arrays[1];
            for (int i = 0; i < n; i++) {
                v[i] = momentum * v[i] + rate * g[i];
                g[i] = v[i];
            }
        }

        @Override
        public void operations(INDArray[] arrays, long first) {
            arrays[1].muli(momentum).addi(arrays[0].muli(rate));
            arrays[0].assign(arrays[1]);
        }
    }
}
