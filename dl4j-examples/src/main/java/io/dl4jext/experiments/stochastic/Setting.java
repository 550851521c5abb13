package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.cli.Numbers;
import java.util.Map;

/** What all methods have in common in a row of a table. Immutable. */
final class Setting {

    /** The paper's pairs: a larger batch with more momentum (section 5.1). */
    private static final Map<Integer, Double> PAIRS = Map.of(16, 0.0, 32, 0.3, 64, 0.6, 128, 0.9);

    private final int batchSize;
    private final double momentum;
    private final Ratio ratio;

    Setting(int batchSize, double momentum, Ratio ratio) {
        this.batchSize = batchSize;
        this.momentum = momentum;
        this.ratio = ratio;
    }

    /** The momentum that the paper pairs with a batch size, or null. */
    static Double pairedMomentum(int batchSize) {
        return PAIRS.get(batchSize);
    }

    int batchSize() {
        return batchSize;
    }

    double momentum() {
        return momentum;
    }

    Ratio ratio() {
        return ratio;
    }

    /** For file names. */
    String fileName() {
        return "b" + batchSize + "-m" + Numbers.plain(momentum) + "-r"
                + ratio.toString().replace('/', '_');
    }

    @Override
    public String toString() {
        return "batch " + batchSize + ", momentum " + Numbers.plain(momentum) + ", ratio " + ratio;
    }
}
