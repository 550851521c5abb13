package io.dl4jext.experiments.implicit;

import java.util.Locale;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * How the squared differences of an image's pixels become its loss. With n pixels the sum at rate η/n is the mean at
 * rate η, step for step and in every variant without clipping: the minimum of eq. (8) does not move when its incoming
 * gradient is multiplied by n and its rate divided by n. The losses that are reported differ by n.
 */
enum PixelLoss {
    SUMMED(OutputLoss.SUMMED_SQUARED_ERROR, LossFunction.L2) {
        @Override
        double rateUnit(int pixels) {
            return 1.0 / pixels;
        }
    },

    AVERAGED(OutputLoss.SQUARED_ERROR, LossFunction.MSE) {
        @Override
        double rateUnit(int pixels) {
            return 1;
        }
    };

    final OutputLoss reported;

    /** DL4J's name of it. */
    final LossFunction trained;

    PixelLoss(OutputLoss reported, LossFunction trained) {
        this.reported = reported;
        this.trained = trained;
    }

    /** The rate at which training is as that of {@link #AVERAGED} at rate 1. */
    abstract double rateUnit(int pixels);

    /** The loss in words. */
    String words() {
        return "squared error " + name().toLowerCase(Locale.ROOT) + " over the pixels";
    }
}
