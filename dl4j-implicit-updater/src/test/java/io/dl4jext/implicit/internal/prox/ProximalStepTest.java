package io.dl4jext.implicit.internal.prox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.implicit.Seeds;
import io.dl4jext.implicit.activation.ActivationArcTan;
import io.dl4jext.implicit.activation.ActivationSmoothStep;
import io.dl4jext.implicit.activation.RootRule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.hipparchus.analysis.solvers.LaguerreSolver;
import org.hipparchus.complex.Complex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ProximalStepTest {

    private static final double TINY = 1e-12;

    /**
     * Where ND4J's backprop (both versions) is not the derivative of its value: elu's ignores α, relu's compares its
     * input with the maximum and forgets a maximum of 0, precise gelu's belongs to another function. Ours is the
     * value's.
     */
    private static final List<String> WRONG_IN_ND4J =
            List.of("elu 0.4", "elu 2.5", "elu -0.5", "relu max 0 slope 0.1", "relu max -1 slope 0.1", "gelu precise");

    static List<Sample> samples() {
        return Sample.withMinimum();
    }

    static List<Sample> samplesInOperations() {
        List<Sample> some = new ArrayList<>(Sample.withMinimum());
        some.removeIf(sample -> !ProximalStep.of(sample.activation).hasOperations());
        return some;
    }

    @Test
    void reluIsTable1() {
        Random random = Seeds.random("reluIsTable1");
        for (int i = 0; i < 2000; i++) {
            double b = random.nextGaussian();
            double eta = Math.exp(3 * random.nextGaussian());
            double mu = random.nextInt(2) * random.nextDouble();
            double norm = 10 * random.nextDouble();
            double q = random.nextGaussian() * 2 * (random.nextBoolean() ? 1 : eta * norm);
            double step = eta * norm * b;
            double expected;
            if (b > 0) {
                expected = q <= 0 ? 0 : q <= step ? q / (1 + eta * mu) / (eta * norm) : b / (1 + eta * mu);
            } else {
                expected = q <= step / 2 ? 0 : b / (1 + eta * mu);
            }
            assertThat(alpha(new ActivationReLU(), b, q, norm, eta, mu))
                    .isCloseTo(expected, within(relative(expected)));
        }
    }

    @Test
    void reluStepIsContinuousInTheParametersWhereItDescends() {
        // For b > 0 the step grows by no more than the pre-activation does, across both kinks.
        double[] q = new double[35000];
        for (int j = 0; j < q.length; j++) {
            q[j] = -0.5 + 1e-4 * j;
        }
        INDArray b = Nd4j.valueArrayOf(new long[] {1, q.length}, 1.5, DataType.DOUBLE);
        double[] alpha = ProximalStep.of(Activation.RELU)
                .alpha(b, Nd4j.createFromArray(q).reshape(1, q.length), Nd4j.createFromArray(2.0), 0.5, 0)
                .toDoubleMatrix()[0];
        double steepest = 0;
        for (int j = 1; j < q.length; j++) {
            double growth = (alpha[j] - alpha[j - 1]) * 0.5 * 2;
            steepest = Math.max(steepest, Math.abs(growth - 0.5e-4));
        }
        assertThat(steepest).isLessThanOrEqualTo(0.5e-4 + TINY);
        assertThat(alpha[q.length - 1]).isEqualTo(1.5);
    }

    @Test
    void nearestZeroAmongEquals() {
        // b·ηN = −0.5 throughout: staying and jumping over the kink cost the same exactly at half the step.
        assertThat(alpha(new ActivationReLU(), -1, -0.25, 0.5, 1, 0)).isZero();
        assertThat(alpha(new ActivationReLU(), -1, -0.25 + 1e-9, 0.5, 1, 0)).isEqualTo(-1);
        assertThat(alpha(new ActivationReLU6(), -1, -0.25, 0.5, 1, 0)).isZero();
        assertThat(alpha(new ActivationReLU6(), -1, -0.25 + 1e-9, 0.5, 1, 0)).isEqualTo(-1);
        assertThat(alpha(Activation.HARDTANH.getActivationFunction(), 1, 1.25, 0.5, 1, 0))
                .isZero();
        assertThat(alpha(Activation.HARDTANH.getActivationFunction(), 1, 1.25 - 1e-9, 0.5, 1, 0))
                .isEqualTo(1);
        assertThat(alpha(Activation.HARDTANH.getActivationFunction(), -1, -1.25, 0.5, 1, 0))
                .isZero();
        // A jump of 1 at 1, a step of 2 to it: 1 gained, 0.5·2²/2 paid.
        assertThat(alpha(new ActivationThresholdedReLU(1), -1, 0, 0.5, 1, 0)).isZero();
        assertThat(alpha(new ActivationThresholdedReLU(1), -1, 1e-9, 0.5, 1, 0)).isCloseTo(-2, within(1e-8));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void noGradientNoStep(Sample sample) {
        for (double q : new double[] {-30, -1, 0, 0.3, 1, 6, 30}) {
            assertThat(alpha(sample.activation, 0, q, 3, 10, 0.1)).isZero();
            assertThat(alpha(sample.activation, -0.0, q, 3, 10, 0.1)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void smallRatesGiveTheOrdinaryGradient(Sample sample) {
        double[] points = {-7.3, -3.1, -1.7, -0.6, -0.2, 0.1, 0.3, 0.7, 1.4, 2.2, 3.3, 7.1};
        int n = points.length;
        for (double b : new double[] {-1.3, 0.8}) {
            INDArray q = Nd4j.createFromArray(points).reshape(1, n);
            INDArray gradients = Nd4j.valueArrayOf(new long[] {1, n}, b, DataType.DOUBLE);
            ProximalStep step = ProximalStep.of(sample.activation);
            INDArray none = step.alpha(gradients, q, Nd4j.createFromArray(1.0), 0, 0.5);
            INDArray empty = step.alpha(gradients, q, Nd4j.createFromArray(0.0), 1, 0);
            INDArray little = step.alpha(gradients, q, Nd4j.createFromArray(1.0), 1e-9, 0);
            boolean differences = WRONG_IN_ND4J.contains(sample.name);
            double h = 1e-5;
            double[] above = sample.values(q.add(h).toDoubleMatrix()[0]);
            double[] below = sample.values(q.sub(h).toDoubleMatrix()[0]);
            INDArray ordinary =
                    sample.activation.backprop(q.dup(), gradients.dup()).getFirst();
            for (int j = 0; j < n; j++) {
                double expected = differences ? b * (above[j] - below[j]) / (2 * h) : ordinary.getDouble(j);
                assertThat(none.getDouble(j)).as("eta = 0 at " + points[j]).isCloseTo(expected, within(1e-6));
                assertThat(empty.getDouble(j)).as("N = 0 at " + points[j]).isEqualTo(none.getDouble(j));
                assertThat(little.getDouble(j)).as("eta → 0 at " + points[j]).isCloseTo(expected, within(1e-6));
            }
        }
    }

    @Test
    void withoutRateAKinkTakesTheSlopeThatDescendsMost() {
        assertThat(alpha(new ActivationReLU(), 1, 0, 1, 0, 0)).isZero();
        assertThat(alpha(new ActivationReLU(), -1, 0, 1, 0, 0)).isEqualTo(-1);
        IActivation hardTanh = Activation.HARDTANH.getActivationFunction();
        assertThat(alpha(hardTanh, 1, 1, 1, 0, 0)).isEqualTo(1);
        assertThat(alpha(hardTanh, -1, 1, 1, 0, 0)).isZero();
        assertThat(alpha(hardTanh, 1, -1, 1, 0, 0)).isZero();
        assertThat(alpha(hardTanh, -1, -1, 1, 0, 0)).isEqualTo(-1);
        double selu = 1.0507009873554805;
        assertThat(alpha(Activation.SELU.getActivationFunction(), 1, 0, 1, 0, 0))
                .isCloseTo(selu * 1.6732632423543772, within(TINY));
        assertThat(alpha(Activation.SELU.getActivationFunction(), -1, 0, 1, 0, 0))
                .isCloseTo(-selu, within(TINY));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void hugeRatesGiveBoundedSteps(Sample sample) {
        for (double b : new double[] {-1.3, 0.8}) {
            for (double q : new double[] {-3, 0, 0.4, 5}) {
                for (double eta : new double[] {1e8, 1e20, 1e100}) {
                    double alpha = alpha(sample.activation, b, q, 2, eta, 0);
                    assertThat(Math.abs(alpha))
                            .as("b = " + b + ", q = " + q + ", eta = " + eta)
                            .isLessThanOrEqualTo(4);
                }
            }
        }
    }

    /** Eq. (7) with α solves the problem (6) in the parameters themselves: its gradient there is zero. */
    @Test
    void parametersAfterTheStepAreStationaryWithRidge() {
        Random random = Seeds.random("parametersAfterTheStepAreStationaryWithRidge");
        for (int i = 0; i < 500; i++) {
            double[] theta = random.doubles(3, -2, 2).toArray();
            double[] z = random.doubles(3, -2, 2).toArray();
            double b = random.nextGaussian();
            double eta = Math.exp(2 * random.nextGaussian());
            double mu = random.nextDouble();
            double alpha = alpha(new ActivationArcTan(), b, dot(theta, z), dot(z, z), eta, mu);
            double[] next = new double[3];
            for (int j = 0; j < 3; j++) {
                next[j] = theta[j] / (1 + eta * mu) - eta * alpha * z[j];
            }
            double u = dot(next, z);
            for (int j = 0; j < 3; j++) {
                double gradient = eta * b * z[j] / (1 + u * u) + eta * mu * next[j] + next[j] - theta[j];
                assertThat(gradient).isCloseTo(0, within(1e-11 * (1 + eta)));
            }
        }
    }

    @Test
    void arctanNearestIsTheRealRootNearestZeroOfThePapersCubic() {
        Random random = Seeds.random("arctanNearest");
        ProximalStep step = ProximalStep.of(new ActivationArcTan(), RootRule.NEAREST);
        LaguerreSolver solver = new LaguerreSolver(1e-13, 1e-13, 1e-14);
        int several = 0;
        for (int i = 0; i < 2000; i++) {
            double b = random.nextGaussian();
            double eta = Math.exp(random.nextGaussian());
            double mu = random.nextInt(2) * random.nextDouble();
            double norm = 0.5 + 20 * random.nextDouble();
            double q = random.nextGaussian() * 4;
            double c = q / (1 + eta * mu);
            double s = eta * norm;
            double[] cubic = {-b / (1 + eta * mu), 1 + c * c, -2 * c * s, s * s};
            double nearest = Double.POSITIVE_INFINITY;
            int real = 0;
            for (Complex root : solver.solveAllComplex(cubic, 0)) {
                if (Math.abs(root.getImaginary()) < 1e-9 * (1 + root.norm())) {
                    real++;
                    nearest = Math.abs(root.getReal()) < Math.abs(nearest) ? root.getReal() : nearest;
                }
            }
            several += real == 3 ? 1 : 0;
            double alpha = step.alpha(scalar(b), scalar(q), Nd4j.createFromArray(norm), eta, mu)
                    .getDouble(0);
            assertThat(alpha).as("b = " + b + ", q = " + q + ", s = " + s).isCloseTo(nearest, within(1e-9));
        }
        assertThat(several).isGreaterThan(50);
    }

    @Test
    void arctanGlobalMayLieBeyondTheNearestRoot() {
        // c = 6, p = 12: on the flat tail descent ends early, beyond it far more is gained than the way costs.
        double nearest = ProximalStep.of(new ActivationArcTan(), RootRule.NEAREST)
                .alpha(scalar(12), scalar(6), Nd4j.createFromArray(1.0), 1, 0)
                .getDouble(0);
        double global = alpha(new ActivationArcTan(), 12, 6, 1, 1, 0);
        assertThat(nearest).isLessThan(1);
        assertThat(global).isGreaterThan(6);
    }

    @Test
    void cubeGoesDownToItsLocalMinimumOrStopsOnTheWay() {
        Random random = Seeds.random("cube");
        IActivation cube = Activation.CUBE.getActivationFunction();
        for (int i = 0; i < 2000; i++) {
            double b = random.nextGaussian();
            double eta = Math.exp(3 * random.nextGaussian());
            double c = random.nextGaussian();
            double alpha = alpha(cube, b, c, 1, eta, 0);
            double u = c - alpha * eta;
            double slope = alpha - 3 * b * u * u;
            double curvature = 1 + 6 * b * u * eta;
            if (1 + 12 * c * eta * b >= 0) {
                assertThat(slope).isCloseTo(0, within(1e-10 * (1 + Math.abs(b))));
                assertThat(curvature).isGreaterThanOrEqualTo(-1e-6);
            } else {
                assertThat(alpha == 0 || Math.abs(curvature) < 1e-9).isTrue();
            }
            double change = b * (u * u * u - c * c * c) + eta * alpha * alpha / 2;
            assertThat(change).isLessThanOrEqualTo(1e-12 * (1 + Math.abs(b * c * c * c)));
        }
        CubeSlope rule = new CubeSlope();
        double jump = 0;
        for (double c = -3; c < 3; c += 1e-5) {
            jump = Math.max(jump, Math.abs(rule.at(c + 1e-5, 1) - rule.at(c, 1)));
        }
        assertThat(jump).as("continuous in c").isLessThan(5e-3);
        assertThat(alpha(cube, 0.5, 2, 1, 0, 0)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void undefinedElementsGiveNaNAndOthersAreUnaffected(double bad) {
        for (Sample sample : Sample.withMinimum()) {
            ProximalStep step = ProximalStep.of(sample.activation);
            INDArray b = Nd4j.createFromArray(new double[][] {{1, bad, 1}, {1, 1, 0}});
            INDArray q = Nd4j.createFromArray(new double[][] {{0.5, 0.5, bad}, {0.5, 0.5, bad}});
            INDArray norms = Nd4j.createFromArray(2.0, 2.0);
            double[] check = step.checkNorms(b, q, norms, 0.3, 0.1);
            List<INDArray> results = new ArrayList<>(
                    List.of(step.onHost(b, q, check, 0.3, 0.1), step.throughArrays(b, q, check, 0.3, 0.1)));
            if (step.hasOperations()) {
                results.add(step.inOperations(b, q, check, 0.3, 0.1));
            }
            double sound = alpha(sample.activation, 1, 0.5, 2, 0.3, 0.1);
            for (INDArray alpha : results) {
                assertThat(alpha.getDouble(0, 0)).isCloseTo(sound, within(TINY));
                assertThat(alpha.getDouble(0, 1)).isNaN();
                assertThat(alpha.getDouble(0, 2)).isNaN();
                assertThat(alpha.getDouble(1, 0)).isCloseTo(sound, within(TINY));
                assertThat(alpha.getDouble(1, 1)).isCloseTo(sound, within(TINY));
                assertThat(alpha.getDouble(1, 2)).isNaN();
            }
        }
    }

    @Test
    void undefinedNormsGiveNaNInTheirRows() {
        INDArray b = Nd4j.ones(DataType.DOUBLE, 3, 2);
        INDArray alpha = ProximalStep.of(Activation.TANH)
                .alpha(b, b, Nd4j.createFromArray(1, Double.NaN, Double.POSITIVE_INFINITY), 1, 0);
        assertThat(alpha.getDouble(0, 1)).isFinite();
        assertThat(alpha.getDouble(1, 0)).isNaN();
        assertThat(alpha.getDouble(2, 1)).isNaN();
    }

    @ParameterizedTest
    @MethodSource("samplesInOperations")
    void operationsAgreeWithTheHostLoop(Sample sample) {
        operationsAgree(sample, ProximalStep.of(sample.activation));
    }

    @ParameterizedTest
    @MethodSource("samplesInOperations")
    void operationsAgreeWithTheHostLoopForTheNearestMinimum(Sample sample) {
        ProximalStep step = ProximalStep.of(sample.activation, RootRule.NEAREST);
        if (step.hasOperations()) {
            operationsAgree(sample, step);
        } else {
            assertThat(sample.name).matches("relu (max|threshold) .*|thresholdedrelu.*");
        }
    }

    @Test
    void theseRunInOperations() {
        List<String> names = new ArrayList<>();
        samplesInOperations().forEach(sample -> names.add(sample.name));
        assertThat(names).contains("relu", "identity", "hardtanh", "arctan", "relu6", "hardsigmoid", "leakyrelu");
    }

    private static void operationsAgree(Sample sample, ProximalStep step) {
        Random random = Seeds.random("operationsAgree " + sample);
        int rows = 12;
        int columns = 40;
        for (double eta : new double[] {0, 0.1, 1e4}) {
            for (double mu : new double[] {0, 0.2}) {
                double[][] b = new double[rows][columns];
                double[][] q = new double[rows][columns];
                double[] norms = random.doubles(rows, 0, 30).toArray();
                norms[0] = 0;
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        b[i][j] = random.nextInt(8) == 0 ? 0 : random.nextGaussian() * 3;
                        double border = sample.borders[random.nextInt(sample.borders.length)];
                        q[i][j] = border * (1 + eta * mu)
                                + (random.nextInt(4) == 0
                                        ? 0
                                        : random.nextGaussian() * Math.exp(2 * random.nextGaussian()));
                    }
                }
                INDArray bs = Nd4j.createFromArray(b);
                INDArray qs = Nd4j.createFromArray(q);
                INDArray host = step.onHost(bs, qs, norms, eta, mu);
                assertClose(step.inOperations(bs, qs, norms, eta, mu), host, 1e-8, sample + ", eta = " + eta);
                assertClose(step.throughArrays(bs, qs, norms, eta, mu), host, 0, sample + ", eta = " + eta);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void viewsAndOrdersAndThreadsDoNotMatter(Sample sample) {
        Random random = Seeds.random("views " + sample);
        ProximalStep step = ProximalStep.of(sample.activation);
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            int rows = 40;
            int columns = 60;
            INDArray b = gaussian(random, rows, columns, type);
            INDArray q = gaussian(random, rows, columns, type);
            INDArray norms =
                    Nd4j.createFromArray(random.doubles(rows, 0, 9).toArray()).castTo(type);
            INDArray expected = step.throughArrays(b, q, step.checkNorms(b, q, norms, 0.7, 0.1), 0.7, 0.1);

            INDArray wide = Nd4j.create(type, 2 * rows, 3 * columns);
            INDArray strided =
                    wide.get(NDArrayIndex.interval(1, 2, 2 * rows), NDArrayIndex.interval(columns, 2 * columns));
            strided.assign(b);
            INDArray tall = Nd4j.create(type, rows + 5, columns);
            INDArray offset = tall.get(NDArrayIndex.interval(3, 3 + rows), NDArrayIndex.all());
            offset.assign(q);
            INDArray bBefore = b.dup();

            assertClose(step.alpha(b, q, norms, 0.7, 0.1), expected, 0, "plain");
            assertClose(step.alpha(strided, offset, norms.reshape(rows, 1), 0.7, 0.1), expected, 0, "views");
            assertClose(step.alpha(b.dup('f'), q.dup('f'), norms, 0.7, 0.1), expected, 0, "f order");
            INDArray transposed = b.transpose().dup('c').transpose();
            assertClose(step.alpha(transposed, offset, norms, 0.7, 0.1), expected, 0, "transposed");
            assertThat(step.alpha(b, q, norms, 0.7, 0.1).dataType()).isEqualTo(type);
            assertThat(b).isEqualTo(bBefore);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void normsOfTheInputsAreComputedFromTheirParts(boolean bias) {
        Random random = Seeds.random("inputs");
        ProximalStep step = ProximalStep.of(Activation.TANH);
        int[][] sizes = {{1, 1, 1, 1}, {5, 7, 3, 2}, {64, 600, 700, 9}}; // the last is worth several threads
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            for (int[] size : sizes) {
                INDArray b = gaussian(random, size[0], size[1], type);
                INDArray q = gaussian(random, size[0], size[1], type);
                INDArray x = gaussian(random, size[0], size[2], type);
                INDArray wide = gaussian(random, size[0], size[3] + 2, type);
                INDArray h = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 1 + size[3]));
                double[] norms = new double[size[0]];
                for (int i = 0; i < size[0]; i++) {
                    norms[i] = bias ? 1 : 0;
                    for (int j = 0; j < size[2]; j++) {
                        norms[i] += Math.pow(x.getDouble(i, j), 2);
                    }
                }
                double[] both = norms.clone();
                for (int i = 0; i < size[0]; i++) {
                    for (int j = 0; j < size[3]; j++) {
                        both[i] += Math.pow(wide.getDouble(i, j + 1), 2);
                    }
                }
                assertClose(
                        step.alpha(b, q, 0.01, 0.1, bias, x),
                        step.alpha(b, q, Nd4j.createFromArray(norms), 0.01, 0.1),
                        1e-6,
                        "one part");
                assertClose(
                        step.alpha(b, q, 0.01, 0.1, bias, x.dup('f'), h),
                        step.alpha(b, q, Nd4j.createFromArray(both), 0.01, 0.1),
                        1e-6,
                        "two parts");
            }
        }
    }

    @Test
    void inputsThatDoNotFitAreNamed() {
        ProximalStep step = ProximalStep.of(Activation.RELU);
        INDArray b = Nd4j.rand(3, 2);
        assertThatThrownBy(() -> step.alpha(b, b, 0.1, 0, true, Nd4j.rand(3, 4), Nd4j.rand(2, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 × n")
                .hasMessageContaining("[2, 4]");
        assertThatThrownBy(() -> step.alpha(b, b, 0.1, 0, true, Nd4j.ones(DataType.INT, 3, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("INT");
        assertThatThrownBy(() -> step.alpha(b, b, -0.1, 0, true, Nd4j.rand(3, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-0.1");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void floatIsDoubleRounded(Sample sample) {
        Random random = Seeds.random("float " + sample);
        ProximalStep step = ProximalStep.of(sample.activation);
        INDArray b = gaussian(random, 8, 30, DataType.FLOAT);
        INDArray q = gaussian(random, 8, 30, DataType.FLOAT);
        INDArray norms = Nd4j.createFromArray(random.doubles(8, 0, 9).toArray()).castTo(DataType.FLOAT);
        for (double eta : new double[] {1e-4, 0.3, 50}) {
            INDArray single = step.alpha(b, q, norms, eta, 0);
            INDArray expected = step.alpha(
                            b.castTo(DataType.DOUBLE), q.castTo(DataType.DOUBLE), norms.castTo(DataType.DOUBLE), eta, 0)
                    .castTo(DataType.FLOAT);
            assertThat(single).isEqualTo(expected);
            INDArray half = step.alpha(b.castTo(DataType.HALF), q.castTo(DataType.HALF), norms, eta, 0);
            assertThat(half.dataType()).isEqualTo(DataType.HALF);
        }
    }

    @Test
    void parametricReluHasASlopeForEachColumn() {
        ActivationPReLU prelu = new ActivationPReLU(Nd4j.createFromArray(0.5, 0, 2.0), null);
        INDArray b = Nd4j.createFromArray(new double[][] {{1, 1, 1}});
        INDArray q = Nd4j.createFromArray(new double[][] {{-1, -1, -1}});
        INDArray alpha = ProximalStep.of(prelu).alpha(b, q, Nd4j.createFromArray(1.0), 0.1, 0);
        assertThat(alpha.toDoubleMatrix()[0]).containsExactly(0.5, 0, 2);
        assertThatThrownBy(() -> ProximalStep.of(prelu).alpha(scalar(1), scalar(1), Nd4j.createFromArray(1.0), 0.1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prelu")
                .hasMessageContaining("3 columns")
                .hasMessageContaining("1 columns");
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void everyElementWiseActivationHasAStepAndTheOthersAreRefusedByName(Activation activation) {
        boolean refused = EnumSet.of(Activation.SOFTMAX, Activation.RRELU).contains(activation);
        assertThat(ProximalStep.supports(activation.getActivationFunction())).isEqualTo(!refused);
        if (refused) {
            assertThatThrownBy(() -> ProximalStep.of(activation))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(activation.getActivationFunction().toString())
                    .hasMessageContaining(activation == Activation.SOFTMAX ? "not element-wise" : "at random");
        } else {
            assertThat(ProximalStep.of(activation).toString())
                    .contains(activation.getActivationFunction().toString());
        }
    }

    @Test
    void unknownActivationsAreRefusedByName() {
        IActivation unknown = new BaseActivationFunction() {
            @Override
            public INDArray getActivation(INDArray in, boolean training) {
                return in;
            }

            @Override
            public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
                return new Pair<>(epsilon, null);
            }

            @Override
            public String toString() {
                return "mystery";
            }
        };
        assertThat(ProximalStep.supports(unknown)).isFalse();
        assertThat(ProximalStep.supports(null)).isFalse();
        assertThatThrownBy(() -> ProximalStep.of(unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mystery");
        assertThatThrownBy(() -> ProximalStep.of((IActivation) null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProximalStep.of((Activation) null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProximalStep.of(new ActivationTanH(), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void badArgumentsAreNamed() {
        INDArray two = Nd4j.ones(DataType.DOUBLE, 2, 3);
        INDArray norms = Nd4j.createFromArray(1.0, 1.0);
        for (double bad : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused(two, two, norms, bad, 0, "eta", String.valueOf(bad));
            refused(two, two, norms, 1, bad, "mu", String.valueOf(bad));
        }
        refused(two, two, norms, 1e200, 1e200, "eta·mu", "1.0E200");
        refused(two, Nd4j.ones(DataType.DOUBLE, 3, 2), norms, 1, 0, "[2, 3]", "[3, 2]");
        refused(Nd4j.ones(DataType.DOUBLE, 6), Nd4j.ones(DataType.DOUBLE, 6), norms, 1, 0, "B × m", "[6]");
        refused(two, two, Nd4j.ones(DataType.DOUBLE, 3), 1, 0, "2 squared norms", "[3]");
        refused(two, two, Nd4j.ones(DataType.DOUBLE, 1, 2), 1, 0, "2 squared norms", "[1, 2]");
        refused(two, two, Nd4j.createFromArray(1, -0.5), 1, 0, "-0.5", "row 1");
        refused(two, two.castTo(DataType.INT), norms, 1, 0, "floating-point", "INT");
    }

    private static void refused(
            INDArray b, INDArray q, INDArray norms, double eta, double mu, String name, String value) {
        assertThatThrownBy(() -> ProximalStep.of(Activation.RELU).alpha(b, q, norms, eta, mu))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value);
    }

    @Test
    void exampleOfTheJavadoc() {
        ProximalStep step = ProximalStep.of(Activation.RELU);
        INDArray b = Nd4j.createFromArray(new float[][] {{1, -1}});
        INDArray q = Nd4j.createFromArray(new float[][] {{0.5f, -0.5f}});
        INDArray norms = Nd4j.createFromArray(new float[] {2});
        assertThat(step.alpha(b, q, norms, 1, 0)).isEqualTo(Nd4j.createFromArray(new float[][] {{0.25f, -1}}));
    }

    @Test
    void smoothstepIsReachable() {
        assertThat(alpha(new ActivationSmoothStep(), 1, 0.2, 1, 0, 0)).isCloseTo(1.5 * (1 - 0.04), within(TINY));
    }

    private static double alpha(IActivation activation, double b, double q, double norm, double eta, double mu) {
        return ProximalStep.of(activation)
                .alpha(scalar(b), scalar(q), Nd4j.createFromArray(norm), eta, mu)
                .getDouble(0);
    }

    private static double relative(double expected) {
        return TINY * (1 + Math.abs(expected));
    }

    private static INDArray scalar(double value) {
        return Nd4j.createFromArray(new double[][] {{value}});
    }

    private static INDArray gaussian(Random random, int rows, int columns, DataType type) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape(rows, columns).castTo(type);
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static void assertClose(INDArray actual, INDArray expected, double tolerance, String what) {
        double[] a = flat(actual);
        double[] e = flat(expected);
        for (int i = 0; i < e.length; i++) {
            if (!(Math.abs(a[i] - e[i]) <= tolerance * (1 + Math.abs(e[i])))) {
                assertThat(a[i]).as(what + ", element " + i).isEqualTo(e[i]);
            }
        }
    }

    private static double[] flat(INDArray array) {
        return array.dup('c').reshape('c', new long[] {array.length()}).toDoubleVector();
    }
}
