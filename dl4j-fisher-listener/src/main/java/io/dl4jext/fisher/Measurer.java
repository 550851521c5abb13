package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.GradientCapture;
import io.dl4jext.fisher.internal.capture.Network;
import io.dl4jext.fisher.internal.gram.GramMatrix;
import io.dl4jext.fisher.internal.spectrum.Spectrum;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;

/** Turns F̃ of one backward pass into a measurement. */
final class Measurer {

    private final MeasurementSettings settings;
    private final boolean keepGramMatrix;
    private final Logger log;

    private boolean saidMeanRate;
    private boolean saidNoRate;
    private boolean saidSum;

    /** @param log what is not as one may expect of learning rates */
    Measurer(MeasurementSettings settings, boolean keepGramMatrix, Logger log) {
        this.settings = settings;
        this.keepGramMatrix = keepGramMatrix;
        this.log = log;
    }

    /** Ends the capture of the pass that is over. What follows from it is computed beside the training that goes on. */
    ForkJoinTask<FisherMeasurement> measure(Model model, GradientCapture capture) {
        int samples = (int) capture.end().rows();
        return build(
                of(model, model.score()).gram(capture.values(), samples).layerTraces(capture.layerTraces()),
                samples <= Spectrum.MOST_IN_JAVA && !settings.topAlignment() && !keepGramMatrix);
    }

    /** The batch whose parts have been watched. */
    ForkJoinTask<FisherMeasurement> measureParts(Model model, GradientCapture capture, double loss) {
        GramMatrix parts = capture.parts();
        double[] entries = parts.valuesOfParts();
        FisherMeasurement.Builder measurement = of(model, loss).layerTraces(capture.layerTraces());
        return build(
                entries == null
                        ? measurement.diagonal(parts.diagonalOfParts())
                        : measurement.gram(entries, parts.samplesOfParts()),
                false);
    }

    private FisherMeasurement.Builder of(Model model, double loss) {
        return new FisherMeasurement.Builder(Figures.none()
                        .set(Column.ITERATION, Network.of(model).iteration())
                        .set(Column.EPOCH, Network.of(model).epoch())
                        .set(Column.LEARNING_RATE, learningRate(model))
                        .set(Column.LOSS, loss))
                .dataType(model.params().dataType())
                .rankTolerance(settings.rankTolerance())
                .topAlignment(settings.topAlignment())
                .keepGramMatrix(keepGramMatrix);
    }

    /** α of the iteration and epoch at which the network stands. What is not as one may expect is logged once. */
    private double learningRate(Model model) {
        int iteration = Network.of(model).iteration();
        int epoch = Network.of(model).epoch();
        Double given = settings.learningRate(iteration, epoch);
        if (given != null) {
            return given;
        }
        if (!model.conf().isMiniBatch() && !saidSum) {
            saidSum = true;
            log.info("The network divides no gradient by the mini-batch (miniBatch(false)): its step is α times their"
                    + " sum, B times that of l_k. To compare with others give FisherListener.Builder.learningRate B·α");
        }
        LearningRates rates = LearningRates.of(model, iteration, epoch);
        if (Double.isNaN(rates.mean()) && !saidNoRate) {
            saidNoRate = true;
            log.warn("The network's updater has no learning rate: l_k and L_K are NaN unless one is given to"
                    + " FisherListener.Builder.learningRate");
        } else if (!rates.uniform() && !saidMeanRate) {
            saidMeanRate = true;
            log.info("Learning rates differ between parameters: l_k uses their mean, weighted by parameter count");
        }
        return rates.mean();
    }

    /** @param beside whether it may be built in another thread: only where that needs nothing of ND4J */
    private static ForkJoinTask<FisherMeasurement> build(FisherMeasurement.Builder measurement, boolean beside) {
        ForkJoinTask<FisherMeasurement> task = ForkJoinTask.adapt(() -> {
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                return measurement.build();
            }
        });
        if (beside) {
            ForkJoinPool.commonPool().execute(task);
        } else {
            task.invoke();
        }
        return task;
    }
}
