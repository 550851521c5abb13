package io.dl4jext.stochastic;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * All parameters of a network that {@link StochasticBatch} trains, in their groups. The only place, with
 * {@link GroupedBlock}, that knows DL4J's updater blocks.
 */
final class GroupedParameters {

    private final List<GroupedBlock> blocks = new ArrayList<>();
    private final List<ParameterGroup> groups = new ArrayList<>();
    private final Map<Trainable, ParameterGroup> groupsOfLayers = new IdentityHashMap<>();
    private final List<UpdateStatistics> observers = new ArrayList<>();
    private final Passes passes;

    /** How many parameters are reset at each epoch, and so have a position in the {@link EpochMark}. */
    private long positions;

    private EpochMark lastMark;

    private GroupedParameters(Passes passes) {
        this.passes = passes;
    }

    /** Whether StochasticBatch trains any parameter. */
    static boolean areIn(BaseMultiLayerUpdater<?> updater) {
        return updater.getUpdaterBlocks().stream().anyMatch(GroupedParameters::isOurs);
    }

    /**
     * Gives the updater's blocks their groups, unless they have them: DL4J makes a new updater now and then.
     *
     * @param observers what counts the updates: that of each listener which the network has now
     */
    static void ensureIn(BaseMultiLayerUpdater<?> updater, List<UpdateStatistics> observers) {
        List<UpdaterBlock> all = updater.getUpdaterBlocks();
        if (all.stream().anyMatch(block -> isOurs(block) && !(block instanceof GroupedBlock))) {
            installIn(
                    all,
                    new GroupedParameters(Passes.of(updater.getStateViewArray().dataType())));
        }
        all.stream()
                .filter(GroupedBlock.class::isInstance)
                .findFirst()
                .ifPresent(block -> ((GroupedBlock) block).owner().observe(observers));
    }

    private void observe(List<UpdateStatistics> statistics) {
        if (!observers.equals(statistics)) {
            statistics.forEach(each -> each.begin(groups));
            observers.clear();
            observers.addAll(statistics);
        }
    }

    static void installIn(BaseMultiLayerUpdater<?> updater, UpdateStatistics statistics, Passes passes) {
        GroupedParameters parameters = new GroupedParameters(passes);
        installIn(updater.getUpdaterBlocks(), parameters);
        parameters.observe(List.of(statistics));
    }

    private static void installIn(List<UpdaterBlock> all, GroupedParameters parameters) {
        for (int i = 0; i < all.size(); i++) {
            if (isOurs(all.get(i))) {
                all.set(i, parameters.add(all.get(i)));
            }
        }
    }

    /** Pretraining parameters are left to DL4J, which skips them in supervised training. */
    private static boolean isOurs(UpdaterBlock block) {
        return block.getGradientUpdater() instanceof StochasticBatchUpdater && !block.isPretrainUpdaterBlock();
    }

    private GroupedBlock add(UpdaterBlock plain) {
        GroupedBlock block = new GroupedBlock(plain, this, positions);
        StochasticBatch config = block.updater().getConfig();
        TensorPlaces places = new TensorPlaces(plain.getLayersAndVariablesInBlock());
        for (UpdaterBlock.ParamState state : plain.getLayersAndVariablesInBlock()) {
            long length = TensorPlaces.length(state);
            if (length > 0 && !isFrozen(state.getLayer())) {
                ParameterGroup group = group(state, config);
                group.grow(length);
                long begin = places.begin(state);
                long offset = begin - plain.getParamOffsetStart();
                block.tensors().add(new ParameterTensor(group, offset, length, begin, block.position() + offset));
            }
        }
        if (block.isReset()) {
            positions += block.updater().parameters();
        }
        blocks.add(block);
        return block;
    }

    /**
     * Whether it is within FrozenLayerWithBackprop, to which DL4J leaves the updater of the layer inside: its gradient
     * of 0 is no magnitude to compare others with.
     */
    static boolean isFrozen(Trainable trainable) {
        if (trainable instanceof GraphVertex) {
            return isFrozen(((GraphVertex) trainable).getLayer());
        }
        return trainable instanceof FrozenLayerWithBackprop
                || (trainable instanceof BaseWrapperLayer && isFrozen(((BaseWrapperLayer) trainable).getUnderlying()));
    }

    private ParameterGroup group(UpdaterBlock.ParamState state, StochasticBatch config) {
        Trainable layer = state.getLayer();
        String name = layer.getConfig().getLayerName();
        if (config.getGroupBy() == GroupBy.LAYER) {
            return groupsOfLayers.computeIfAbsent(layer, key -> newGroup(name, ParameterKind.LAYER, config));
        }
        String parameter = state.getParamName();
        return newGroup(name + "_" + parameter, ParameterKind.of(layer.getConfig(), parameter), config);
    }

    private ParameterGroup newGroup(String name, ParameterKind kind, StochasticBatch config) {
        ParameterGroup group = new ParameterGroup(name, kind, config);
        groups.add(group);
        return group;
    }

    /** One block's step; DL4J calls its blocks in their order, and this for each of ours. */
    void update(GroupedBlock block, int iteration, int epoch, INDArray external, INDArray externalParameters) {
        if (block == blocks.get(0)) {
            prepare(iteration, epoch, external, externalParameters);
        }
        if (!block.tensors().isEmpty()) {
            step(block, iteration, epoch, block.gradient(external));
        }
        block.regularise(ApplyStep.POST_UPDATER, iteration, epoch, external, externalParameters);
        if (block == blocks.get(blocks.size() - 1)) {
            observers.forEach(observer -> observer.add(iteration, groups));
        }
    }

    private void prepare(int iteration, int epoch, INDArray external, INDArray externalParameters) {
        for (ParameterGroup group : groups) {
            group.moments = Moments.NONE;
            group.count = UpdateCount.NONE;
            group.score = 0;
        }
        dropOtherEpochs(epoch);
        double rounding = 0;
        for (GroupedBlock block : blocks) {
            block.regularise(ApplyStep.BEFORE_UPDATER, iteration, epoch, external, externalParameters);
            if (block.updater().getConfig().needsMoments() && !block.tensors().isEmpty()) {
                INDArray gradient = block.gradient(external);
                rounding = roundingOf(gradient.dataType());
                measure(block, gradient);
            }
        }
        score(rounding);
    }

    /** Up to which relative deviation the mean gradients of groups are equal but for their rounding. */
    static double roundingOf(DataType type) {
        return 16 * (type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f));
    }

    /**
     * The same of single gradients, the two of the biases of a softmax over two classes, say, which would else be told
     * apart by it alone: sums over the examples, whose rounding is that of the terms, of which they may cancel to a
     * 64th. Where they cancel to less, in one batch of some thousand whatever its size, they are told apart.
     */
    static double roundingOfSums(double rounding) {
        return 64 * rounding;
    }

    /** What waits is of this epoch, or all of it is dropped where the state says otherwise. */
    private void dropOtherEpochs(int epoch) {
        boolean stale = blocks.stream()
                .filter(GroupedBlock::isReset)
                .anyMatch(block -> !mark(block, epoch).isIn(block.updater().firstCounts(), block.position()));
        if (stale) {
            for (GroupedBlock block : blocks) {
                if (block.isReset()) {
                    StochasticBatchUpdater updater = block.updater();
                    passes.drop(updater.state(), updater.parameters(), mark(block, epoch), block.position());
                }
            }
        }
    }

    private void measure(GroupedBlock block, INDArray gradient) {
        StochasticBatchUpdater updater = block.updater();
        boolean means = updater.getConfig().getProbabilityFrom() == GradientMagnitude.RUNNING_MEAN;
        List<Moments> moments = means
                ? passes.measureMeans(gradient, updater.state(), updater.parameters(), block.tensors())
                : passes.measure(gradient, block.tensors());
        for (int i = 0; i < moments.size(); i++) {
            ParameterGroup group = block.tensors().get(i).group;
            group.moments = group.moments.and(moments.get(i));
        }
    }

    private void score(double rounding) {
        List<ParameterGroup> measured = new ArrayList<>(groups);
        measured.removeIf(group -> group.moments.number == 0);
        measured.forEach(group -> group.moments = group.moments.withoutRounding(roundingOfSums(rounding)));
        double[] scores = GlobalScores.of(
                measured.stream().mapToDouble(group -> group.moments.mean).toArray(),
                measured.stream().mapToLong(ParameterGroup::weight).toArray(),
                measured.stream().map(group -> group.kind).toArray(ParameterKind[]::new),
                rounding);
        for (int l = 0; l < scores.length; l++) {
            measured.get(l).score = scores[l];
        }
    }

    private void step(GroupedBlock block, int iteration, int epoch, INDArray gradient) {
        StochasticBatchUpdater updater = block.updater();
        StochasticBatch config = updater.getConfig();
        UpdateDraws draws = new UpdateDraws(config.getSeed(), iteration);
        double rate = config.getLearningRate(iteration, epoch);
        EpochMark mark = mark(block, epoch);
        List<GroupStep> rules = block.tensors().stream()
                .map(tensor -> new GroupStep(config, probability(config, tensor.group), draws, rate, mark))
                .collect(Collectors.toList());
        List<UpdateCount> counts = passes.step(gradient, updater.state(), block.tensors(), rules);
        for (int i = 0; i < counts.size(); i++) {
            ParameterGroup group = block.tensors().get(i).group;
            group.count = group.count.and(counts.get(i));
        }
    }

    private EpochMark mark(GroupedBlock block, int epoch) {
        if (!block.isReset()) {
            return EpochMark.NONE;
        }
        if (lastMark == null || !lastMark.isOf(epoch)) {
            lastMark = EpochMark.of(epoch);
        }
        return lastMark;
    }

    private static UpdateProbability probability(StochasticBatch config, ParameterGroup group) {
        if (config.getFixedProbability() != null) {
            return UpdateProbability.fixed(config.getFixedProbability());
        }
        return config.needsMoments()
                ? UpdateProbability.combined(config.getAlpha(), config.getLambda(), group.moments, group.score)
                : UpdateProbability.fixed(0.5);
    }
}
