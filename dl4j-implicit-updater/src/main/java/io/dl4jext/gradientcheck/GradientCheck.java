package io.dl4jext.gradientcheck;

import io.dl4jext.updater.internal.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Validates gradients by finite differences, as Yotkov ("Gradient-based optimisation", section 2.2) and Daza ("MLPs,
 * CNNs and backpropagation") do: some parameters of a copy of the network are changed one
 * by one, and the differences of the mean loss compared with the gradient of backpropagation.
 *
 * <pre>{@code
 * GradientCheckResult result = GradientCheck.builder().build().check(network, dataSet);
 * System.out.println(result.table());
 * System.out.println(result.of(Difference.CENTRAL).histogram());
 * }</pre>
 *
 * <p>Loss and gradient are those of training: batch statistics in batch normalisation, dropout with one and the same
 * mask, without l1, l2 and weight decay. Parameters that backpropagation does not train are left out: frozen layers and
 * those below a FrozenLayer, running statistics, centres of a center loss, pretraining. Time series are taken whole and
 * from no state, also where training truncates them. By default the copy computes in DOUBLE whatever the network's type
 * is; {@link Difference} tells why float allows much less. At kinks (relu, max pooling) a difference may span both
 * sides and be far from the gradient though both are right: look at the median.
 *
 * <p>What a layer writes as its gradient is compared with the loss. Layers that write something else on purpose
 * (implicit layers with ImplicitSgd) come out wrong: check the network before its conversion.
 *
 * <p>Layers that draw random numbers (dropout and its kin, weight noise, variational autoencoders) draw the same ones
 * in every pass: ND4J's generator gets the state of the check's seed before each, and its own back after the check,
 * also if it fails. So loss and gradient are of one fixed draw, not of the mean over draws. The network itself stays as
 * it is. Each parameter costs one forward pass (forward or backward difference) or two.
 *
 * <p>While a check runs, ND4J's default type is the type that the copy computes in: some layers of DL4J's, as
 * LastTimeStep with a mask, make arrays of the default type whatever the network's is. It is put back with the
 * generator. Both belong to the whole process: do not train in another thread at the same time.
 *
 * <p>What it adds to DL4J's {@link org.deeplearning4j.gradientcheck.GradientCheckUtil}, which is for tests of layers:
 * <ul>
 *   <li>It takes the network as it is trained, of type FLOAT too, with any updater, and computes on a copy. DL4J's
 *       demands DOUBLE (network, parameters and ND4J's default) and Sgd with rate 1 or NoOp, changes parameters in
 *       place and sets the clipping of softmax and binary cross-entropy losses to 0 for good.
 *   <li>Random layers work by themselves. DL4J's refuses dropout unless a callback reseeds before each pass.
 *   <li>Forward and backward differences as well as central ones, in FLOAT or DOUBLE, each with a step that fits type
 *       and parameter. DL4J's takes central ones with one step for all.
 *   <li>It returns the errors, as quantiles, table and histogram, and judges nothing; so networks with relu or max
 *       pooling need no excuse. DL4J's returns pass or fail by a limit for each parameter, writes failures to the log
 *       and warns of activations that are not smooth.
 *   <li>Frozen layers and running statistics are left out without being named.
 * </ul>
 * What DL4J's has alone: l1, l2 and weight decay within the gradient, and pretraining layers
 * ({@code checkGradientsPretrainLayer}).
 */
public final class GradientCheck {

    static final String CALLER = "GradientCheck";

    private final List<Difference> differences;
    private final Double step;
    private final int parameters;
    private final long seed;
    private final DataType dataType;
    private final double floor;

    /** Begins a check; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    private GradientCheck(Builder builder) {
        differences = builder.differences;
        step = builder.step;
        parameters = builder.parameters;
        seed = builder.seed;
        dataType = builder.dataType;
        floor = builder.floor;
    }

    /** {@link #check(Model, MultiDataSet)} with one input and one output. */
    public GradientCheckResult check(Model network, DataSet data) {
        return check(network, data == null ? null : data.toMultiDataSet());
    }

    /**
     * @param network a MultiLayerNetwork or ComputationGraph, initialised
     * @param data features, labels, masks; of any type
     * @return the errors of each difference
     * @throws IllegalArgumentException if it is null, another model, not initialised, or has no trained parameters, or
     *     cannot be copied by its JSON (an activation of an anonymous class), or the data is null or lacks features or
     *     labels, or has outputs of different numbers of rows
     */
    public GradientCheckResult check(Model network, MultiDataSet data) {
        Network ready = Network.ready(network, CALLER);
        // Null on 1.0.0-beta7.
        if (network.params() == null || network.params().isEmpty()) {
            throw noParameters();
        }
        Network.complete(data, CALLER);
        Random random = Nd4j.getRandom();
        long rootState = random.rootState();
        long nodeState = random.nodeState();
        DataType usual = Nd4j.dataType();
        DataType usualFloating = Nd4j.defaultFloatingPointType();
        DataType type = dataType == null ? network.params().dataType() : dataType;
        try {
            // Some of DL4J's layers make arrays of the default type, as LastTimeStep for its output.
            Nd4j.setDefaultDataTypes(type, type);
            return errors(ready, data, type);
        } finally {
            Nd4j.setDefaultDataTypes(usual, usualFloating);
            random.setStates(rootState, nodeState);
        }
    }

    private GradientCheckResult errors(Network network, MultiDataSet data, DataType type) {
        CheckedNetwork copy = new CheckedNetwork(network, cast(data, type), type, seed);
        List<CheckedTensor> tensors = copy.tensors();
        long[] indexes = indexes(tensors);
        INDArray gradient = copy.gradient();
        double loss = copy.loss();
        Map<Difference, RelativeErrors> errors = new EnumMap<>(Difference.class);
        for (Difference difference : differences) {
            double[] relative = new double[indexes.length];
            int worst = 0;
            String name = "";
            for (int i = 0; i < indexes.length; i++) {
                double analytic = gradient.getDouble(indexes[i]);
                double numeric = difference(copy, difference, indexes[i], loss, type);
                relative[i] = relativeError(analytic, numeric);
                // The first one, and then each that is larger; NaN is the largest.
                if (i == 0 || Double.compare(relative[i], relative[worst]) > 0) {
                    worst = i;
                    name = name(tensors, indexes[i]) + ": gradient " + analytic + ", difference " + numeric;
                }
            }
            errors.put(difference, new RelativeErrors(relative, name));
        }
        return new GradientCheckResult(errors);
    }

    private double difference(CheckedNetwork copy, Difference difference, long index, double loss, DataType type) {
        double value = copy.parameter(index);
        double h = step == null ? difference.step(type, value) : step;
        double[] above = difference.above == 1 ? copy.lossAt(index, value + h) : new double[] {loss, 0};
        double[] below = difference.below == 1 ? copy.lossAt(index, value - h) : new double[] {loss, 0};
        // Over the change that the parameter really made; none at all if h is lost in its type.
        double change = above[1] - below[1];
        return change == 0 ? 0 : (above[0] - below[0]) / change;
    }

    private double relativeError(double analytic, double numeric) {
        double error = Math.abs(analytic - numeric);
        return error <= floor ? 0 : error / Math.max(Math.abs(analytic), Math.abs(numeric));
    }

    /** All, or a random choice without repetition (Floyd's: no list of all parameters, which may be many millions). */
    private long[] indexes(List<CheckedTensor> tensors) {
        long all = tensors.stream().mapToLong(tensor -> tensor.to - tensor.from).sum();
        if (all == 0) {
            throw noParameters();
        }
        java.util.Random random = new java.util.Random(seed);
        Set<Long> chosen = new LinkedHashSet<>();
        for (long last = all - Math.min(parameters, all); last < all; last++) {
            long any = (long) (random.nextDouble() * (last + 1));
            chosen.add(chosen.contains(any) ? last : any);
        }
        return chosen.stream().mapToLong(place -> index(tensors, place)).toArray();
    }

    /** The index in the network of the place among all checked parameters. */
    private static long index(List<CheckedTensor> tensors, long place) {
        long before = 0;
        for (CheckedTensor tensor : tensors) {
            long length = tensor.to - tensor.from;
            if (place < before + length) {
                return tensor.from + place - before;
            }
            before += length;
        }
        throw new IllegalStateException("Expected a place below " + before + ", got " + place);
    }

    private static IllegalArgumentException noParameters() {
        return new IllegalArgumentException("Expected a network with parameters that are trained, got none");
    }

    /** Of the parameter with this index in the network. */
    private static String name(List<CheckedTensor> tensors, long index) {
        CheckedTensor tensor = tensors.stream()
                .filter(any -> index >= any.from && index < any.to)
                .findFirst()
                .orElseThrow();
        return "layer '" + tensor.layer + "' " + tensor.name + "[" + (index - tensor.from) + "]";
    }

    private static MultiDataSet cast(MultiDataSet data, DataType type) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                cast(data.getFeatures(), type),
                cast(data.getLabels(), type),
                cast(data.getFeaturesMaskArrays(), type),
                cast(data.getLabelsMaskArrays(), type));
    }

    private static INDArray[] cast(INDArray[] arrays, DataType type) {
        if (arrays == null) {
            return null;
        }
        INDArray[] copies = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            copies[i] = arrays[i] == null ? null : arrays[i].castTo(type);
        }
        return copies;
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder {

        private List<Difference> differences = List.of(Difference.values());
        private Double step;
        private int parameters = 200;
        private long seed = 1;
        private DataType dataType = DataType.DOUBLE;
        private double floor;

        private Builder() {}

        /** Default: all three. */
        public Builder differences(Difference... differences) {
            if (differences == null || Arrays.asList(differences).contains(null)) {
                throw new IllegalArgumentException(
                        "GradientCheck: expected differences, got " + Arrays.toString(differences));
            }
            this.differences = List.of(differences);
            return this;
        }

        /** One step h &gt; 0 for all. Default: {@link Difference#step}, by type and parameter. */
        public Builder step(double step) {
            this.step = step;
            return this;
        }

        /** At most so many parameters, ≥ 1, chosen at random. Default: 200. */
        public Builder parameters(int parameters) {
            this.parameters = parameters;
            return this;
        }

        /** Of the choice of parameters and the masks of dropout; not 0, which ND4J takes for the clock. Default: 1. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** The type to compute in, FLOAT or DOUBLE; null for the network's own. Default: DOUBLE. */
        public Builder dataType(DataType dataType) {
            this.dataType = dataType;
            return this;
        }

        /** |g − d| up to this counts as no error, ≥ 0. Default: 0. */
        public Builder floor(double floor) {
            this.floor = floor;
            return this;
        }

        /** @throws IllegalArgumentException with all values that are out of range */
        public GradientCheck build() {
            List<String> problems = new ArrayList<>();
            require(problems, !differences.isEmpty(), "at least one difference", "none");
            require(problems, step == null || step > 0 && step < Double.POSITIVE_INFINITY, "0 < step < ∞", step);
            require(problems, parameters >= 1, "parameters ≥ 1", parameters);
            require(problems, seed != 0, "a seed other than 0", seed);
            require(problems, floor >= 0 && floor < Double.POSITIVE_INFINITY, "0 ≤ floor < ∞", floor);
            boolean usual = dataType == null || dataType == DataType.FLOAT || dataType == DataType.DOUBLE;
            require(problems, usual, "the data type FLOAT or DOUBLE", dataType);
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("GradientCheck: " + String.join("; ", problems));
            }
            return new GradientCheck(this);
        }

        private static void require(List<String> problems, boolean condition, String expected, Object got) {
            if (!condition) {
                problems.add("expected " + expected + ", got " + got);
            }
        }
    }
}
