package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.StateUpdater;
import io.dl4jext.updater.internal.network.Network;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * The blocks of a network whose updaters have to know more than a gradient. The only place, with {@link BoundBlock},
 * that knows DL4J's updater blocks.
 */
final class BoundParameters {

    private final List<BoundBlock> blocks = new ArrayList<>();
    private final Network network;
    private double squares;

    private BoundParameters(Network network) {
        this.network = network;
    }

    /** Whether any parameter has such an updater. */
    static boolean areIn(BaseMultiLayerUpdater<?> updater) {
        return updater.getUpdaterBlocks().stream().anyMatch(BoundParameters::needsNetwork);
    }

    /** Binds the network's updater blocks, unless they are: DL4J makes a new updater now and then. */
    static void ensureIn(Network network) {
        List<UpdaterBlock> all = network.updater().getUpdaterBlocks();
        if (all.stream().noneMatch(block -> needsNetwork(block) && !(block instanceof BoundBlock))) {
            return;
        }
        BoundParameters parameters = new BoundParameters(network);
        for (int i = 0; i < all.size(); i++) {
            if (needsNetwork(all.get(i))) {
                BoundBlock block = new BoundBlock(all.get(i), parameters);
                parameters.blocks.add(block);
                all.set(i, block);
            }
        }
    }

    /** Pretraining parameters are left to DL4J, which skips them in supervised training. */
    private static boolean needsNetwork(UpdaterBlock block) {
        return block.getGradientUpdater() instanceof StateUpdater
                && ((StateUpdater) block.getGradientUpdater()).getConfig().beyondGradient() != null
                && !block.isPretrainUpdaterBlock();
    }

    /** Whether DL4J trains this layer. Where it does not, neither updater nor regularisation is to move it. */
    boolean isTrained(Trainable layer) {
        return network.isReached(layer);
    }

    /** All of the network's. */
    INDArray parameters() {
        return network.model().params();
    }

    /** One block's step; DL4J calls its blocks in their order, and this for each of ours. */
    void update(BoundBlock block, int iteration, int epoch, INDArray external, INDArray externalParameters) {
        if (block == blocks.get(0)) {
            prepare(iteration, epoch, external, externalParameters);
        }
        if (!block.isOfNetworkScope()) {
            block.regularise(ApplyStep.BEFORE_UPDATER, iteration, epoch, external, externalParameters);
        }
        block.step(squares, iteration, epoch, external, externalParameters);
        block.regularise(ApplyStep.POST_UPDATER, iteration, epoch, external, externalParameters);
    }

    /** The network scope needs all its gradients, with l1 and l2, before the first block steps. */
    private void prepare(int iteration, int epoch, INDArray external, INDArray externalParameters) {
        squares = 0;
        for (BoundBlock block : blocks) {
            if (block.isOfNetworkScope()) {
                block.regularise(ApplyStep.BEFORE_UPDATER, iteration, epoch, external, externalParameters);
                squares = block.addSquares(squares, external);
            }
        }
    }
}
