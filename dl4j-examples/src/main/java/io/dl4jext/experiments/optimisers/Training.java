package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.Progress;
import io.dl4jext.experiments.data.BatchIterator;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Trains a network for a number of steps and measures it every so often; ends early where NaN or infinity comes up. */
final class Training {

    private final MultiLayerNetwork network;
    private final BatchIterator batches;
    private final TestExamples test;
    private final Progress progress;
    private final long workOfStep;

    /** @param workOfStep what the progress is told after each step */
    Training(MultiLayerNetwork network, BatchIterator batches, TestExamples test, Progress progress, long workOfStep) {
        this.network = network;
        this.batches = batches;
        this.test = test;
        this.progress = progress;
        this.workOfStep = workOfStep;
    }

    /**
     * Trains.
     *
     * @param steps how many
     * @param measureEvery after how many there is a point of the curve; there is one at the end in any case
     * @return the curve; its last point has the loss NaN if the training did not stay finite
     */
    List<CurvePoint> run(long steps, long measureEvery) {
        List<CurvePoint> curve = new ArrayList<>();
        double loss = 0;
        long examples = 0;
        for (long step = 1; step <= steps; step++) {
            DataSet batch = batches.next();
            network.fit(batch);
            int size = batch.numExamples();
            progress.advanced(workOfStep);
            loss += size * (network.score() - network.calcRegularizationScore(true));
            examples += size;
            if (!batches.hasNext()) {
                network.incrementEpochCount();
                batches.reset();
            }
            boolean measured = step % measureEvery == 0 || step == steps;
            if (!Double.isFinite(loss) || measured && !isFinite(network)) {
                progress.advanced(workOfStep * (steps - step));
                curve.add(test.measure(network, step, Double.NaN));
                return curve;
            }
            if (measured) {
                curve.add(test.measure(network, step, loss / examples));
                loss = 0;
                examples = 0;
            }
        }
        return curve;
    }

    /** A relu unit can hide the NaN of its weights from the loss. */
    private static boolean isFinite(MultiLayerNetwork network) {
        return Double.isFinite(network.params().sumNumber().doubleValue());
    }
}
