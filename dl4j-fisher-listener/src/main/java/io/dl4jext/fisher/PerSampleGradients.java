package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import io.dl4jext.fisher.internal.capture.LayerColumns;
import io.dl4jext.fisher.internal.capture.ReplayBudget;
import io.dl4jext.fisher.internal.gram.GradientMatrix;
import io.dl4jext.fisher.internal.gram.GradientNorms;
import io.dl4jext.fisher.internal.gram.GradientSum;
import io.dl4jext.fisher.internal.gram.GramMatrix;
import io.dl4jext.fisher.internal.gram.SampleGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The gradients g_i of the single samples of one mini-batch, as a B × P matrix or as what can be had without it: norms,
 * inner products, weighted sums, sums of clipped gradients. For influence functions, gradient clipping by sample,
 * differentially private training.
 *
 * <pre>{@code
 * INDArray matrix = PerSampleGradients.compute(network, data); // B × P
 *
 * PerSampleGradients gradients = PerSampleGradients.of(network, data);
 * double[] norms = gradients.norms();
 * INDArray clipped = gradients.clippedSum(1.0); // 1 × P
 * }</pre>
 *
 * <p>g_i is the gradient of sample i's data loss in training mode, not divided by B, without L1, L2 and weight decay;
 * time steps and output layers are added up, masked steps are not counted. With batch normalisation it is the sample's
 * own contribution to the gradient of the mini-batch. Σ_i g_i is the gradient that DL4J computes, but for the columns
 * that are 0 (below).
 *
 * <p>Columns are in the order of {@code network.params()}; P is the number of all parameters, or of those of the chosen
 * layers. Columns of what is not trained by gradients of samples are 0: frozen layers, running mean and variance of a
 * batch normalisation, the centres of a {@code CenterLossOutputLayer}. {@link #columns()} says which are whose.
 *
 * <p>The network stays as it is, and so do ND4J's random numbers: each method works on a copy, which takes memory for
 * another set of parameters and gradients while it runs, with one forward and backward pass (the sums of clipped
 * gradients: two). All passes of one object begin with the random numbers that stood at its making, so they draw the
 * same dropout masks; the parameters are those that the network has when a method is called. A listener may call them
 * in any of its events but {@code onForwardPass} of a {@code MultiLayerNetwork}, where they are refused.
 *
 * <p>Not thread-safe.
 */
public final class PerSampleGradients {

    private static final long DEFAULT_LIMIT = 1L << 30;

    /**
     * How far the gradients of two passes may be apart, relative to their norm: sums are not always taken in one order.
     */
    private static final double SAME = 1e-3;

    private final Batch batch;
    private final List<LayerColumns> layers;
    private final long parameters;
    private final long memoryLimit;
    private final ReplayBudget replayBudget;
    private final RandomState random = RandomState.present();

    private PerSampleGradients(Builder builder) {
        batch = builder.batch;
        memoryLimit = builder.memoryLimit;
        replayBudget = builder.budget();
        layers = LayerColumns.of(batch.model(), builder.layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("Expected a network with parameters, got one without");
        }
        if (builder.layers.isEmpty()) {
            parameters = batch.model().params().length();
            GradientCapture.requireSupported(batch.model());
        } else {
            parameters = layers.stream().mapToLong(LayerColumns::count).sum();
            GradientCapture.requireAllSupported(layers);
        }
    }

    /**
     * The matrix of all layers, with default settings. Short for {@code of(model, data).matrix()}.
     *
     * @throws IllegalStateException if it would take more than the default memory limit
     * @see #matrix()
     */
    public static INDArray compute(Model model, DataSet data) {
        return of(model, data).matrix();
    }

    /**
     * As {@link #compute(Model, DataSet)}, for a network with any number of inputs and outputs.
     *
     * @throws IllegalStateException if it would take more than the default memory limit
     */
    public static INDArray compute(Model model, MultiDataSet data) {
        return of(model, data).matrix();
    }

    /**
     * The gradients of one mini-batch with respect to all layers, with default settings. Nothing is computed yet.
     *
     * @param model an initialised MultiLayerNetwork, or ComputationGraph with one input and one output
     * @param data features, and labels unless no output layer needs any
     * @throws IllegalArgumentException naming every layer whose gradients cannot be told apart by sample; or if the
     *     network is not initialised, or the data do not fit it
     */
    public static PerSampleGradients of(Model model, DataSet data) {
        return builder(model, data).build();
    }

    /**
     * As {@link #of(Model, DataSet)}, for a network with any number of inputs and outputs.
     *
     * @throws IllegalArgumentException as {@link #of(Model, DataSet)}
     */
    public static PerSampleGradients of(Model model, MultiDataSet data) {
        return builder(model, data).build();
    }

    /**
     * Begins the gradients of one mini-batch with settings of one's own.
     *
     * @throws IllegalArgumentException if the network is not initialised, or the data do not fit it
     */
    public static Builder builder(Model model, DataSet data) {
        return new Builder(Batch.of(model, data));
    }

    /**
     * As {@link #builder(Model, DataSet)}, for a network with any number of inputs and outputs.
     *
     * @throws IllegalArgumentException as {@link #builder(Model, DataSet)}
     */
    public static Builder builder(Model model, MultiDataSet data) {
        return new Builder(Batch.of(model, data));
    }

    /** Which layers, and how much memory; every setting has a default. */
    public static final class Builder extends ReplaySettings<Builder> {

        private final Batch batch;
        private final Set<String> layers = new LinkedHashSet<>();
        private long memoryLimit = defaultLimit(GramMatrix.mostNativeBytes());

        private Builder(Batch batch) {
            this.batch = batch;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Only these layers, in the order of the network: names, or in a MultiLayerNetwork indices ({@code "0"}).
         * Default: all. {@link #build()} refuses a name that no layer with parameters has.
         *
         * @throws IllegalArgumentException if there is no name, or one is null
         */
        public Builder layers(String... names) {
            if (names.length == 0 || Arrays.asList(names).contains(null)) {
                throw new IllegalArgumentException("Expected names of layers, got " + Arrays.toString(names));
            }
            layers.addAll(Arrays.asList(names));
            return this;
        }

        /**
         * The most that the B × P matrix may take, in bytes; default 1 GiB, or a quarter of what ND4J may take where
         * that is less. {@link PerSampleGradients#matrix()} refuses what would take more.
         *
         * @throws IllegalArgumentException unless bytes &gt; 0
         */
        public Builder memoryLimit(long bytes) {
            if (bytes <= 0) {
                throw new IllegalArgumentException("Expected memoryLimit > 0 bytes, got " + bytes);
            }
            memoryLimit = bytes;
            return this;
        }

        /**
         * Checks network, data and layers. Nothing is computed yet.
         *
         * @throws IllegalArgumentException naming every layer whose gradients cannot be told apart by sample, or the
         *     names that no layer has beside those that there are
         */
        public PerSampleGradients build() {
            return new PerSampleGradients(this);
        }
    }

    /** @param nativeBytes the most that ND4J may take; 0 if there is no bound */
    static long defaultLimit(long nativeBytes) {
        return nativeBytes <= 0 ? DEFAULT_LIMIT : Math.min(DEFAULT_LIMIT, nativeBytes / 4);
    }

    /** B. */
    public int samples() {
        return batch.samples();
    }

    /** P. */
    public long parameters() {
        return parameters;
    }

    /** The bytes of {@link #matrix()}: B · P elements of the network's data type. */
    public long matrixBytes() {
        return samples() * parameters * type().width();
    }

    /** Which columns belong to which parameter of which layer, in the order of the columns. */
    public List<ParameterColumns> columns() {
        List<ParameterColumns> columns = new ArrayList<>();
        for (LayerColumns layer : layers) {
            layer.parameters()
                    .forEach(each -> columns.add(
                            new ParameterColumns(layer.layer(), each.key, each.first, each.shape, each.order)));
        }
        return columns;
    }

    /**
     * All gradients: row i is g_i.
     *
     * @return a new array, B × P, of the network's data type, in c order
     * @throws IllegalStateException if it would take more than the {@linkplain Builder#memoryLimit limit}: nothing has
     *     been allocated then; or naming the layer, if the gradients of one could not be taken
     */
    public INDArray matrix() {
        requireRoom();
        INDArray matrix = zeros(samples());
        try (GradientMatrix target = new GradientMatrix(matrix);
                NetworkCopy copy = new NetworkCopy(batch)) {
            pass(copy, layer -> target.from(layer.first()));
            return matrix;
        } catch (RuntimeException | Error e) {
            NetworkCopy.giveBack(matrix);
            throw e;
        }
    }

    private void requireRoom() {
        if (matrixBytes() > memoryLimit) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "The gradients of %,d samples with respect to %,d parameters take %,d bytes (%.1f MiB), more than the limit of"
                            + " %,d. Raise it by PerSampleGradients.Builder.memoryLimit, take smaller mini-batches or some of the"
                            + " layers; norms, losses, the Gram matrix and sums of weighted or clipped gradients do not need them",
                    samples(),
                    parameters,
                    matrixBytes(),
                    matrixBytes() / (double) (1 << 20),
                    memoryLimit));
        }
    }

    /**
     * ‖g_i‖ over the chosen layers, in double precision. The matrix is not formed.
     *
     * @throws IllegalStateException naming the layer, if the gradients of one could not be taken
     */
    public double[] norms() {
        try (NetworkCopy copy = new NetworkCopy(batch)) {
            return roots(total(squares(copy)));
        }
    }

    /**
     * The loss of each sample, whose gradient is g_i: in training mode with the very random numbers of the other
     * methods, without regularisation, added up over output layers and unmasked time steps or pixels, not divided by
     * their number. From each output layer's loss function in the backward pass itself, as DL4J's own
     * {@code computeScoreForExamples} is another loss (YOLO) or fails (pixels in 3-D, one step of one sample). Their
     * mean is the network's score without its regularisation, but for CnnLossLayer in NHWC and RnnLossLayer in NWC,
     * whose score DL4J takes of other arrays than the gradient.
     *
     * @throws IllegalStateException if an output layer has no loss for each sample, or its rows are not in their order
     *     (behind a ReshapeVertex that makes several rows of a sample)
     */
    public double[] losses() {
        double[] losses = new double[samples()];
        try (NetworkCopy copy = new NetworkCopy(batch)) {
            List<Losses> outputs = copy.outputs().stream()
                    .map(output -> new Losses(output, samples()))
                    .collect(Collectors.toList());
            copy.pass(random, new BaseTrainingListener() {
                @Override
                public void onForwardPass(Model model, Map<String, INDArray> activations) {
                    GradientCapture.requireLossesInOrder(model, copy.outputNames());
                }

                @Override
                public void onBackwardPass(Model model) {
                    outputs.forEach(output -> output.addTo(losses));
                }
            });
        }
        return losses;
    }

    /**
     * F̃ = G Gᵀ of the chosen layers: all inner products ⟨g_i, g_j⟩, in double precision. The matrix G is not formed.
     *
     * @return a new array, B × B, DOUBLE
     * @throws IllegalStateException naming the layer, if the gradients of one could not be taken
     * @throws IllegalArgumentException if B is so large that F̃ does not fit into memory
     */
    public INDArray gramMatrix() {
        try (GramMatrix gram = new GramMatrix();
                NetworkCopy copy = new NetworkCopy(batch)) {
            gram.reset(samples());
            pass(copy, layer -> gram);
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                return gram.matrix().dup('c');
            }
        }
    }

    /**
     * Σ_i w_i g_i. The matrix is not formed: a dense layer's share is one product Zᵀ(w ∘ Δ), others are taken in
     * pieces.
     *
     * @param weights w, one for each sample
     * @return a new array, 1 × P, of the network's data type
     * @throws IllegalArgumentException if there are not B weights
     * @throws IllegalStateException naming the layer, if the gradients of one could not be taken
     */
    public INDArray weightedSum(double... weights) {
        if (weights.length != samples()) {
            throw new IllegalArgumentException(
                    "Expected a weight for each of " + samples() + " samples, got " + weights.length);
        }
        try (NetworkCopy copy = new NetworkCopy(batch)) {
            return sum(copy, layer -> weights);
        }
    }

    /**
     * Σ_i g_i · min(1, C/‖g_i‖): the sum of the gradients, each clipped to the norm C (Abadi et al. 2016, Deep learning
     * with differential privacy, algorithm 1). Two passes, one for the norms and one for the sum with these weights;
     * the matrix is not formed. Both passes draw the same random numbers, and DL4J's own gradients of the two are
     * compared: it is the sum of the clipped rows of the matrix.
     *
     * @param maxNorm C &gt; 0
     * @return a new array, 1 × P, of the network's data type
     * @throws IllegalArgumentException unless C &gt; 0
     * @throws IllegalStateException if the two passes have different gradients (a layer has random numbers or a state
     *     of its own), or naming the layer, if the gradients of one could not be taken
     */
    public INDArray clippedSum(double maxNorm) {
        requirePositive(maxNorm);
        return clippedSum(squares -> {
            double[] weights = weights(total(squares), maxNorm);
            return layer -> weights;
        });
    }

    /**
     * As {@link #clippedSum(double)}, with each layer's part of g_i clipped by itself to the norm C. The norm of the
     * whole is then at most C·√L with L layers.
     *
     * @throws IllegalArgumentException as {@link #clippedSum(double)}
     * @throws IllegalStateException as {@link #clippedSum(double)}
     */
    public INDArray clippedSumByLayer(double maxNorm) {
        requirePositive(maxNorm);
        return clippedSum(squares -> layer -> weights(squares.get(layer), maxNorm));
    }

    private static void requirePositive(double maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("Expected maxNorm > 0, got " + maxNorm);
        }
    }

    private INDArray clippedSum(Function<Map<LayerColumns, double[]>, Function<LayerColumns, double[]>> weights) {
        try (NetworkCopy copy = new NetworkCopy(batch)) {
            Map<LayerColumns, double[]> squares = squares(copy);
            INDArray first = copy.gradient().dup();
            try {
                INDArray sum = sum(copy, weights.apply(squares));
                requireSame(first, copy.gradient());
                return sum;
            } finally {
                NetworkCopy.giveBack(first);
            }
        }
    }

    private static void requireSame(INDArray first, INDArray second) {
        double norm = first.norm2Number().doubleValue();
        double distance = first.subi(second).norm2Number().doubleValue();
        // Not-a-number is no difference: then nothing is a number.
        if (distance > SAME * norm) {
            throw new IllegalStateException(
                    "Two passes over the same mini-batch with the same random numbers have different gradients"
                            + " (norm of the difference relative to the norm: " + distance / norm
                            + "): a layer, dropout or weight noise has random numbers or a state of its own. Clip the rows of matrix()");
        }
    }

    /** min(1, C/‖g_i‖). */
    private static double[] weights(double[] squares, double maxNorm) {
        double[] weights = roots(squares);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weights[i] > maxNorm ? maxNorm / weights[i] : 1;
        }
        return weights;
    }

    private static double[] roots(double[] squares) {
        return Arrays.stream(squares).map(Math::sqrt).toArray();
    }

    private double[] total(Map<LayerColumns, double[]> squares) {
        double[] total = new double[samples()];
        for (double[] ofLayer : squares.values()) {
            for (int i = 0; i < total.length; i++) {
                total[i] += ofLayer[i];
            }
        }
        return total;
    }

    private Map<LayerColumns, double[]> squares(NetworkCopy copy) {
        Map<LayerColumns, GradientNorms> norms = new LinkedHashMap<>();
        Map<LayerColumns, double[]> squares = new LinkedHashMap<>();
        try (GradientNorms memory = new GradientNorms(samples())) {
            pass(copy, layer -> norms.computeIfAbsent(layer, key -> memory.another()));
            norms.forEach((layer, ofLayer) -> squares.put(layer, ofLayer.squares()));
        }
        return squares;
    }

    private INDArray sum(NetworkCopy copy, Function<LayerColumns, double[]> weights) {
        INDArray sum = zeros(1);
        try (GradientSum target = new GradientSum(sum, new double[samples()])) {
            pass(copy, layer -> target.from(layer.first(), weights.apply(layer)));
            return sum;
        } catch (RuntimeException | Error e) {
            NetworkCopy.giveBack(sum);
            throw e;
        }
    }

    private void pass(NetworkCopy copy, Function<LayerColumns, SampleGradients> takers) {
        Map<LayerColumns, SampleGradients> byLayer = new LinkedHashMap<>();
        layers.forEach(layer -> byLayer.put(layer, takers.apply(layer)));
        GradientCapture capture = new GradientCapture(replayBudget, false, false);
        try {
            copy.pass(random, new Watcher(capture, byLayer));
        } finally {
            capture.abandon();
        }
    }

    private DataType type() {
        return batch.model().params().dataType();
    }

    private INDArray zeros(long rows) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Nd4j.create(type(), new long[] {rows, parameters}, 'c');
        }
    }

    private static final class Watcher extends BaseTrainingListener {

        private final GradientCapture capture;
        private final Map<LayerColumns, SampleGradients> takers;

        Watcher(GradientCapture capture, Map<LayerColumns, SampleGradients> takers) {
            this.capture = capture;
            this.takers = takers;
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            capture.begin(model, takers);
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            capture.begin(model, takers);
        }

        @Override
        public void onBackwardPass(Model model) {
            capture.complete();
        }
    }
}
