package io.dl4jext.implicit.internal.prox;

import io.dl4jext.implicit.activation.RootRule;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.reduce.floating.SquaredNorm;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The proximal step of implicit backpropagation for one activation σ. For a unit with the input z, the pre-activation q
 * = θᵀz and the incoming gradient b = ∂ℓ/∂σ of one sample it finds
 *
 * <pre>    α = argmin_a  b·σ(q/(1+ημ) − a·η·N) + η·(1+ημ)·N·a²/2,    N = ‖z‖²,</pre>
 *
 * (Fagan and Iyengar, "Robust implicit backpropagation", eq. 8), with which the parameters become θ/(1+ημ) − η·α·z (eq.
 * 7). Where ordinary backpropagation has b·σ′(q), the step has α.
 *
 * <p>The minimum is the global one; among minimisers of equal value it is the one nearest zero ({@link RootRule} has
 * the other choice, the first minimum on the way down). Closed forms: identity, relu in all its variants, leaky and
 * parametric relu, hard tanh, hard sigmoid, smoothstep; a cubic equation for arctan; Newton's method within proven
 * brackets for tanh, rational and rectified tanh, sigmoid, softplus, softsign, elu, selu, gelu, mish and swish. Special
 * cases:
 *
 * <ul>
 *   <li>η = 0 or N = 0: the limit b·σ′(c)/(1+ημ), c = q/(1+ημ), which for μ = 0 is the ordinary gradient. At a kink of
 *       σ it is the one-sided slope that descends most, 0 if none does. (σ′ is the derivative of what ND4J computes as
 *       σ; ND4J's own backprop differs from it for elu with α ≠ 1, precise gelu, and relu with a maximum of 0 or less.)
 *   <li>b = 0: α = 0.
 *   <li>Elements whose b, q, N or product ηNb is NaN or infinite: α = NaN, as for any DL4J gradient, so that DL4J's own
 *       checks for diverged training see it. All other elements are unaffected.
 *   <li>σ jumps (thresholded relu): its value at the jump is the better of both one-sided limits; the minimum lies
 *       there.
 *   <li>cube: eq. (8) has no minimum, as |u|³ outweighs the quadratic. The step descends from α = 0 to the first local
 *       minimum; where there is none, to the inflection point on the way or else not at all (α = 0).
 * </ul>
 *
 * <p>All is computed in double precision, element by element, on the CPU backend on several threads if it pays. On
 * other backends identity, relu and its variants (under {@link RootRule#NEAREST} those without cap or threshold), hard
 * tanh, hard sigmoid and arctan run as ND4J operations; the rest goes
 * through Java arrays. Instances are immutable and safe to share; a parametric relu's slopes are those at the time of
 * {@link #of}.
 *
 * <pre>{@code
 * ProximalStep step = ProximalStep.of(Activation.RELU);
 * INDArray b = Nd4j.createFromArray(new float[][] {{1, -1}});
 * INDArray q = Nd4j.createFromArray(new float[][] {{0.5f, -0.5f}});
 * INDArray norms = Nd4j.createFromArray(new float[] {2});
 * step.alpha(b, q, norms, 1, 0); // [[0.25, -1]]: stops at the hinge; jumps over it
 * }</pre>
 */
public final class ProximalStep {

    private final String activation;
    private final RootRule rootRule;
    private final ImpliedSlope rule;

    private ProximalStep(IActivation activation, RootRule rootRule) {
        if (activation == null || rootRule == null) {
            throw new IllegalArgumentException(
                    "Expected an activation and a root rule, got " + activation + " and " + rootRule);
        }
        this.activation = activation.toString();
        this.rootRule = rootRule;
        this.rule = ImpliedSlopes.of(activation, rootRule);
    }

    /**
     * The step with the global minimum.
     *
     * @throws IllegalArgumentException for softmax (not element-wise), rrelu (random) and activations that the pack
     *     does not know; the message names the activation
     */
    public static ProximalStep of(IActivation activation) {
        return new ProximalStep(activation, RootRule.GLOBAL);
    }

    /** The step for an activation with its default settings; see {@link #of(IActivation)}. */
    public static ProximalStep of(Activation activation) {
        return of(activation == null ? null : activation.getActivationFunction());
    }

    /** The step with another choice among several minima; see {@link #of(IActivation)}. */
    public static ProximalStep of(IActivation activation, RootRule rootRule) {
        return new ProximalStep(activation, rootRule);
    }

    /** Whether {@link #of(IActivation)} has a step for this activation. */
    public static boolean supports(IActivation activation) {
        return activation != null && ImpliedSlopes.has(activation);
    }

    /**
     * α of every sample and unit. The arguments may be views, of any order and strides, and stay as they are.
     *
     * @param b B × m, the gradient of each sample's loss with respect to the layer's output (no 1/B)
     * @param q B × m, the pre-activations θᵀz
     * @param squaredNorms B or B × 1, N = ‖z‖² of each sample's input, plus 1 if the layer has a bias
     * @param eta the learning rate η, 0 ≤ η &lt; ∞
     * @param mu the ridge μ, 0 ≤ μ &lt; ∞
     * @return α, B × m, a new array of b's data type (in the current workspace, if one is open)
     * @throws IllegalArgumentException if a shape does not fit, an array is not of floating-point type, an N is
     *     negative (the message names the row), η, μ or their product is negative, NaN or infinite, or the columns are
     *     not those of a parametric relu
     */
    public INDArray alpha(INDArray b, INDArray q, INDArray squaredNorms, double eta, double mu) {
        double[] norms = checkNorms(b, q, squaredNorms, eta, mu);
        if (onCpu()) {
            return onHost(b, q, norms, eta, mu);
        }
        return rule.hasOperations() ? inOperations(b, q, norms, eta, mu) : throughArrays(b, q, norms, eta, mu);
    }

    /**
     * α of every sample and unit, with N from the inputs themselves: fewer passes and arrays than {@link
     * #alpha(INDArray, INDArray, INDArray, double, double)} needs. The arguments may be views and stay as they are.
     *
     * @param b B × m, the gradient of each sample's loss with respect to the layer's output (no 1/B)
     * @param q B × m, the pre-activations θᵀz
     * @param eta the learning rate η, 0 ≤ η &lt; ∞
     * @param mu the ridge μ, 0 ≤ μ &lt; ∞
     * @param bias whether 1 is appended to z
     * @param inputs the layer's inputs z, B × n; where z has several parts, as in a recurrent layer, one array for each
     * @return α, B × m, a new array of b's data type (in the current workspace, if one is open)
     * @throws IllegalArgumentException as the other
     */
    public INDArray alpha(INDArray b, INDArray q, double eta, double mu, boolean bias, INDArray... inputs) {
        check(b, q, eta, mu);
        INDArray[] parts = new INDArray[inputs.length];
        for (int i = 0; i < parts.length; i++) {
            INDArray part = inputs[i];
            if (part.rank() != 2
                    || part.isEmpty()
                    || part.size(0) != b.size(0)
                    || !part.dataType().isFPType()) {
                throw new IllegalArgumentException("Expected inputs " + b.size(0)
                        + " × n (b's rows) of floating-point type, got " + Arrays.toString(part.shape()) + " of type "
                        + part.dataType());
            }
            parts[i] = dense(part);
        }
        if (onCpu()) {
            try (HostMatrices memory = new HostMatrices(parts)) {
                return onHost(b, q, eta, mu, () -> new InputNorms(memory, bias)::of);
            }
        }
        INDArray norms = Nd4j.valueArrayOf(new long[] {b.size(0), 1}, bias ? 1.0 : 0.0, DataType.DOUBLE);
        for (INDArray part : parts) {
            norms.addi(
                    Nd4j.getExecutioner().exec(new SquaredNorm(part, true, 1)).castTo(DataType.DOUBLE));
        }
        return alpha(b, q, norms, eta, mu);
    }

    private static boolean onCpu() {
        return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    }

    /** Whether {@link #inOperations} can be called. */
    boolean hasOperations() {
        return rule.hasOperations();
    }

    INDArray onHost(INDArray b, INDArray q, double[] norms, double eta, double mu) {
        return onHost(b, q, eta, mu, () -> row -> norms[row]);
    }

    /** By a fused loop over host memory, for the CPU backend; each thread has a source of squared norms of its own. */
    private INDArray onHost(INDArray b, INDArray q, double eta, double mu, Supplier<IntToDoubleFunction> norms) {
        INDArray hostB = dense(b);
        INDArray alpha = Nd4j.createUninitialized(hostB.dataType(), b.shape(), 'c');
        int rows = Math.toIntExact(b.size(0));
        int columns = Math.toIntExact(b.size(1));
        try (HostMatrices memory = new HostMatrices(hostB, dense(q), alpha)) {
            HostParts.run(rows, (long) rows * columns, rule.parallelThreshold(), (from, to) -> {
                StepRow step = new StepRow(rule, columns, eta, mu);
                IntToDoubleFunction norm = norms.get();
                MatrixRows fromB = memory.rows(0);
                MatrixRows fromQ = memory.rows(1);
                MatrixRows target = memory.rows(2);
                for (int r = from; r < to; r++) {
                    fromB.read(r, step.b);
                    fromQ.read(r, step.q);
                    step.solve(norm.applyAsDouble(r));
                    target.write(r, step.b);
                }
            });
        }
        return alpha.castTo(b.dataType());
    }

    /** In ND4J operations only, for any backend. */
    INDArray inOperations(INDArray b, INDArray q, double[] norms, double eta, double mu) {
        double ridge = 1 + eta * mu;
        INDArray beta = b.castTo(DataType.DOUBLE).div(ridge);
        INDArray c = q.castTo(DataType.DOUBLE).div(ridge);
        INDArray scales = Nd4j.createFromArray(norms).muli(eta);
        INDArray p = beta.mul(scales.reshape(norms.length, 1));
        INDArray undefined = c.sub(c).addi(p.sub(p)); // 0, NaN where c or p is not finite
        INDArray sound = Masks.mask(undefined.eq(0));
        INDArray negative = Masks.mask(beta.lt(0));
        INDArray smallest = negative.muli(-2 * ImpliedSlope.SMALLEST).addi(ImpliedSlope.SMALLEST);
        INDArray regular =
                Masks.mask(Transforms.abs(p, true).gte(ImpliedSlope.SMALLEST)).muli(sound);
        INDArray t = rule.inOperations(
                Masks.choose(sound, c, Nd4j.zeros(DataType.DOUBLE, c.shape())), Masks.choose(regular, p, smallest));
        return t.muli(beta).addi(undefined).castTo(b.dataType());
    }

    /** Row by row in Java arrays, for any backend. */
    INDArray throughArrays(INDArray b, INDArray q, double[] norms, double eta, double mu) {
        int columns = (int) b.size(1);
        StepRow step = new StepRow(rule, columns, eta, mu);
        double[] allB = flat(b);
        double[] allQ = flat(q);
        for (int r = 0; r < norms.length; r++) {
            System.arraycopy(allB, r * columns, step.b, 0, columns);
            System.arraycopy(allQ, r * columns, step.q, 0, columns);
            step.solve(norms[r]);
            System.arraycopy(step.b, 0, allB, r * columns, columns);
        }
        return Nd4j.createFromArray(allB).reshape('c', b.shape()).castTo(b.dataType());
    }

    private void check(INDArray b, INDArray q, double eta, double mu) {
        if (!(eta >= 0 && eta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected a learning rate 0 ≤ eta < ∞, got " + eta);
        }
        if (!(mu >= 0 && mu < Double.POSITIVE_INFINITY && eta * mu < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Expected a ridge 0 ≤ mu < ∞ with eta·mu < ∞, got mu = " + mu + " with eta = " + eta);
        }
        if (b.rank() != 2 || b.isEmpty() || !b.equalShapes(q)) {
            throw new IllegalArgumentException("Expected b and q of one shape B × m, got b: "
                    + Arrays.toString(b.shape()) + " and q: " + Arrays.toString(q.shape()));
        }
        if (!b.dataType().isFPType() || !q.dataType().isFPType()) {
            throw new IllegalArgumentException("Expected arrays of floating-point type, got " + b.dataType()
                    + " (b) and " + q.dataType() + " (q)");
        }
        rule.checkColumns(b.size(1));
    }

    /** Throws unless the arguments are as {@link #alpha} wants them; returns the squared norms. */
    double[] checkNorms(INDArray b, INDArray q, INDArray squaredNorms, double eta, double mu) {
        check(b, q, eta, mu);
        boolean column = squaredNorms.rank() == 1 || (squaredNorms.rank() == 2 && squaredNorms.size(1) == 1);
        if (!column || squaredNorms.size(0) != b.size(0)) {
            throw new IllegalArgumentException(
                    "Expected " + b.size(0) + " squared norms (B or B × 1), one for each row of " + "b, got shape "
                            + Arrays.toString(squaredNorms.shape()));
        }
        if (!squaredNorms.dataType().isFPType()) {
            throw new IllegalArgumentException(
                    "Expected squared norms of floating-point type, got " + squaredNorms.dataType());
        }
        double[] norms = flat(squaredNorms);
        for (int r = 0; r < norms.length; r++) {
            if (norms[r] < 0) {
                throw new IllegalArgumentException("Expected squared norms ≥ 0, got " + norms[r] + " in row " + r);
            }
        }
        return norms;
    }

    /** In c order without gaps, FLOAT or DOUBLE; a copy only where needed. */
    private static INDArray dense(INDArray matrix) {
        DataType type = matrix.dataType();
        INDArray known = type == DataType.FLOAT || type == DataType.DOUBLE ? matrix : matrix.castTo(DataType.FLOAT);
        return known.ordering() == 'c' && Shape.hasDefaultStridesForShape(known) ? known : known.dup('c');
    }

    private static double[] flat(INDArray array) {
        return array.dup('c').reshape('c', new long[] {array.length()}).toDoubleVector();
    }

    @Override
    public String toString() {
        return "ProximalStep(" + activation + ", " + rootRule + ")";
    }
}
