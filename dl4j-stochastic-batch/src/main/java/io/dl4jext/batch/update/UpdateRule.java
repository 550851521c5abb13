package io.dl4jext.batch.update;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What happens to a gradient before DL4J's own updater gets it. */
final class UpdateRule {

    /** DL4J's own update, with the number of examples to divide by. */
    interface OwnUpdate {
        void apply(int iteration, int batchSize);
    }

    private final Model network;
    private final MicroBatches microBatches;
    private final GradientSum sum;
    private final CoupledRates rates;
    /** The gradients that DL4J does not divide by the batch size. */
    private final List<INDArray> averaged;

    private final Object owner;
    private boolean announced;
    private int iterationOfFirst;

    UpdateRule(
            Object owner,
            Model network,
            RateCoupling coupling,
            MicroBatches microBatches,
            BaseMultiLayerUpdater<?> updater,
            INDArray gradient,
            Trainable[] layers) {
        this.owner = owner;
        this.network = network;
        this.microBatches = microBatches;
        this.rates = new CoupledRates(coupling, updater);
        this.sum = new GradientSum();
        this.averaged = microBatches == null ? List.of() : averaged(gradient, layers);
    }

    private static List<INDArray> averaged(INDArray gradient, Trainable[] layers) {
        List<INDArray> parts = new ArrayList<>();
        long offset = 0;
        for (Trainable layer : layers) {
            for (var parameter : layer.paramTable(false).entrySet()) {
                long length = parameter.getValue().length();
                if (!layer.updaterDivideByMinibatch(parameter.getKey())) {
                    parts.add(Nd4j.create(
                            gradient.data(),
                            new long[] {1, length},
                            new long[] {length, 1},
                            gradient.offset() + offset,
                            'c'));
                }
                offset += length;
            }
        }
        return parts;
    }

    Object owner() {
        return owner;
    }

    /** Whether a pass has begun whose update is still to come. */
    boolean isAnnounced() {
        return announced;
    }

    /** A training pass has begun: the rates are set already, as layers and listeners may ask for them. */
    void passBegins(int batchSize, int iteration, int epoch) {
        announced = true;
        MicroBatch micro = current();
        int update = iteration;
        if (micro != null && !sum.isEmpty()) {
            // DL4J counts every pass as an iteration, but only updates are.
            update = iterationOfFirst;
            Counters.setIteration(network, update);
        }
        rates.couple(examples(micro, batchSize), update, epoch);
        boolean first = micro == null || micro.isFirst() || sum.isEmpty();
        MeasuredParts.announce(network, first, micro == null || micro.isLast());
    }

    /** Of the update that this pass belongs to, as far as can be told. */
    private int examples(MicroBatch micro, int batchSize) {
        if (micro == null) {
            return batchSize;
        }
        return micro.isLast() ? micro.examples() + (micro.isFirst() ? 0 : sum.examples()) : micro.planned();
    }

    /** An epoch has ended. A sum that is not complete stays; the iteration is not over then. */
    void epochEnds() {
        rates.restore();
        if (!sum.isEmpty()) {
            Counters.setIteration(network, iterationOfFirst);
        }
    }

    void update(Gradient gradient, int iteration, int epoch, int batchSize, OwnUpdate own) {
        boolean mine = announced;
        announced = false;
        if (!mine) {
            own.apply(iteration, batchSize);
            return;
        }
        try {
            MicroBatch micro = current();
            if (micro == null) {
                rates.couple(batchSize, iteration, epoch);
                own.apply(iteration, batchSize);
                return;
            }
            if (micro.examples() != batchSize) {
                throw new IllegalStateException("Expected the iterator's batches in their order: the next has "
                        + micro.examples() + " examples, got one of " + batchSize + " at epoch " + epoch
                        + ", iteration " + iteration + "; after training was broken off, reset() the iterator");
            }
            microBatches.advance();
            if (micro.isFirst()) {
                // One that was dropped at an epoch's end may be left.
                sum.clear();
            }
            if (sum.isEmpty()) {
                iterationOfFirst = iteration;
            }
            if (micro.isLast()) {
                int total = sum.addTo(gradient.gradient(), averaged, batchSize);
                rates.couple(total, iterationOfFirst, epoch);
                own.apply(iterationOfFirst, total);
            } else {
                sum.take(gradient.gradient(), averaged, batchSize);
            }
        } finally {
            rates.restore();
        }
    }

    private MicroBatch current() {
        return microBatches == null ? null : microBatches.current();
    }
}
