package io.dl4jext.batch.internal.accumulation;

import io.dl4jext.batch.scaling.LearningRateScaling;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;

/** A MultiLayerNetwork's own updater, with a rule before it. */
final class BatchedMultiLayerUpdater extends MultiLayerUpdater implements RuledUpdater {

    private final MultiLayerUpdater own;
    private final UpdateRule rule;

    BatchedMultiLayerUpdater(
            UpdateListener owner,
            MultiLayerNetwork network,
            MultiLayerUpdater own,
            LearningRateScaling scaling,
            MicroBatches microBatches,
            UpdateProgress state) {
        super(network, own.getStateViewArray());
        RuledUpdater.takeOver(own, this);
        this.own = own;
        this.rule = new UpdateRule(
                owner, network, scaling, microBatches, state, this, getFlattenedGradientsView(), getOrderedLayers());
    }

    @Override
    public MultiLayerUpdater own() {
        return own;
    }

    @Override
    public UpdateRule rule() {
        return rule;
    }

    @Override
    public synchronized void update(
            Gradient gradient, int iteration, int epoch, int batchSize, LayerWorkspaceMgr workspaces) {
        rule.update(
                gradient,
                iteration,
                epoch,
                batchSize,
                (ownIteration, examples) -> super.update(gradient, ownIteration, epoch, examples, workspaces));
    }
}
