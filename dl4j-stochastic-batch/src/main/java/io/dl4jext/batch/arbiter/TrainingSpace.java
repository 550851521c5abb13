package io.dl4jext.batch.arbiter;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.DynamicMultiBatchIterator;
import io.dl4jext.batch.LastBatch;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.fisher.arbiter.CompositeSpace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A space of networks with how their data are cut into batches: batch size or schedule, micro-batches, learning-rate
 * scaling. Arbiter itself has no place for that: what a search knows of data is the same for all its candidates.
 *
 * <pre>{@code
 * TrainingSpace<DL4JConfiguration> space = TrainingSpace.builder(multiLayerSpace)
 *         .batchSizes(ChoiceSpace.of(BatchSchedule.class,
 *                 BatchSchedule.named("s16-to-64", 10), BatchSchedule.named("s64", 10)))
 *         .build();
 * new OptimizationConfiguration.Builder()
 *         .candidateGenerator(new RandomSearchGenerator(space))
 *         .dataSource(MyData.class, properties)   // in batches of any size
 * ...
 * new LocalOptimizationRunner(configuration, new CandidateTaskCreator(new BatchCandidates()));
 * }</pre>
 *
 * <p>Its candidates are the networks'; {@link BatchCandidates} reads the rest from the values that were drawn, as
 * {@link #batchSizes(double[])} does for a result: {@code space.batchSizes(result.getCandidate().getFlatParameters())}.
 *
 * @param <C> {@code DL4JConfiguration} or {@code GraphConfiguration}
 */
public final class TrainingSpace<C> extends CompositeSpace<C> {

    private final ParameterSpace<C> network;
    private final Map<String, ParameterSpace<?>> data;
    private final LastBatch lastBatch;

    @JsonCreator
    private TrainingSpace(
            @JsonProperty(value = "network", required = true) ParameterSpace<C> network,
            @JsonProperty(value = "data", required = true) Map<String, ParameterSpace<?>> data,
            @JsonProperty(value = "lastBatch", required = true) LastBatch lastBatch) {
        this.network = network;
        this.data = data;
        this.lastBatch = lastBatch;
    }

    /**
     * Begins a space.
     *
     * @param <C> {@code DL4JConfiguration} or {@code GraphConfiguration}
     * @param network a {@code MultiLayerSpace}, a {@code ComputationGraphSpace}, or one's own
     */
    public static <C> Builder<C> builder(ParameterSpace<C> network) {
        return new Builder<>(network);
    }

    /** The network's configuration, as Arbiter wants it. */
    @Override
    public C getValue(double[] parameterValues) {
        return network.getValue(parameterValues);
    }

    /** A candidate's batch sizes. */
    public BatchSchedule batchSizes(double[] parameterValues) {
        Object value = data.get("batchSizes").getValue(parameterValues);
        return value instanceof BatchSchedule ? (BatchSchedule) value : BatchSchedule.constant((Integer) value);
    }

    /** A candidate's micro-batch size; {@code Integer.MAX_VALUE} where that is not searched. */
    public int microBatchSize(double[] parameterValues) {
        return data.containsKey("microBatchSize")
                ? (Integer) data.get("microBatchSize").getValue(parameterValues)
                : Integer.MAX_VALUE;
    }

    /** A candidate's learning-rate scaling; none where that is not searched. */
    public LearningRateScaling learningRateScaling(double[] parameterValues) {
        return data.containsKey("learningRateScaling")
                ? (LearningRateScaling) data.get("learningRateScaling").getValue(parameterValues)
                : LearningRateScaling.none();
    }

    /** The source's examples in the candidate's batches, attached to its network. */
    Object batches(Object source, Model model, double[] parameterValues) {
        BatchSchedule sizes = batchSizes(parameterValues);
        int most = microBatchSize(parameterValues);
        LearningRateScaling scaling = learningRateScaling(parameterValues);
        if (source instanceof DataSetIterator) {
            DynamicBatchIterator batches = DynamicBatchIterator.builder((DataSetIterator) source, sizes)
                    .lastBatch(lastBatch)
                    .microBatchSize(most)
                    .learningRateScaling(scaling)
                    .build();
            batches.attachTo(model);
            return batches;
        }
        if (source instanceof MultiDataSetIterator) {
            DynamicMultiBatchIterator batches = DynamicMultiBatchIterator.builder((MultiDataSetIterator) source, sizes)
                    .lastBatch(lastBatch)
                    .microBatchSize(most)
                    .learningRateScaling(scaling)
                    .build();
            batches.attachTo(model);
            return batches;
        }
        throw new IllegalArgumentException("Expected a DataSetIterator or a MultiDataSetIterator to train on, got "
                + (source == null ? null : source.getClass().getName()));
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Map<String, ParameterSpace> getNestedSpaces() {
        Map<String, ParameterSpace> nested = new LinkedHashMap<>();
        nested.put("network", network);
        nested.putAll(data);
        return nested;
    }

    @JsonProperty("network")
    private ParameterSpace<C> network() {
        return network;
    }

    @JsonProperty("data")
    private Map<String, ParameterSpace<?>> data() {
        return data;
    }

    @JsonProperty("lastBatch")
    private LastBatch lastBatch() {
        return lastBatch;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrainingSpace
                && network.equals(((TrainingSpace<?>) other).network)
                && data.equals(((TrainingSpace<?>) other).data)
                && lastBatch == ((TrainingSpace<?>) other).lastBatch;
    }

    @Override
    public int hashCode() {
        return Objects.hash(network, data, lastBatch);
    }

    @Override
    public String toString() {
        return "TrainingSpace(" + data + ", " + network + ")";
    }

    /**
     * Settings of a {@link TrainingSpace}; batch sizes must be given, the rest has defaults.
     *
     * @param <C> {@code DL4JConfiguration} or {@code GraphConfiguration}
     */
    public static final class Builder<C> {

        private final ParameterSpace<C> network;
        private final Map<String, ParameterSpace<?>> data = new LinkedHashMap<>();
        private LastBatch lastBatch = LastBatch.KEEP;

        private Builder(ParameterSpace<C> network) {
            if (network == null) {
                throw new IllegalArgumentException("Expected a space of networks, got null");
            }
            this.network = network;
        }

        /** Constant batch sizes. */
        public Builder<C> batchSize(ParameterSpace<Integer> sizes) {
            return put("batchSizes", sizes);
        }

        /** Batch schedules: a {@code ChoiceSpace} of them, or a {@code SettingsSpace} of one. */
        public Builder<C> batchSizes(ParameterSpace<BatchSchedule> schedules) {
            return put("batchSizes", schedules);
        }

        /**
         * The most examples in one pass, see {@link DynamicBatchIterator.Builder#microBatchSize}. Default: no limit.
         */
        public Builder<C> microBatchSize(ParameterSpace<Integer> sizes) {
            return put("microBatchSize", sizes);
        }

        /** How the rate follows the batch size. Default: not at all. */
        public Builder<C> learningRateScaling(ParameterSpace<LearningRateScaling> rules) {
            return put("learningRateScaling", rules);
        }

        /** What becomes of an epoch's last examples. Default: {@link LastBatch#KEEP}. */
        public Builder<C> lastBatch(LastBatch policy) {
            lastBatch = Objects.requireNonNull(policy, "lastBatch");
            return this;
        }

        private Builder<C> put(String name, ParameterSpace<?> values) {
            if (values == null) {
                throw new IllegalArgumentException("Expected a space of values for " + name + ", got null");
            }
            data.put(name, values);
            return this;
        }

        /** @throws IllegalStateException if there are no batch sizes */
        public TrainingSpace<C> build() {
            if (!data.containsKey("batchSizes")) {
                throw new IllegalStateException("Expected batchSize(...) or batchSizes(...), got " + data.keySet());
            }
            return new TrainingSpace<>(network, new LinkedHashMap<>(data), lastBatch);
        }
    }
}
