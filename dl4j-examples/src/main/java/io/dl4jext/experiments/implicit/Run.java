package io.dl4jext.experiments.implicit;

/** What one training gave. */
final class Run {

    private final Arm arm;
    private final double rate;
    private final long seed;
    private final double loss;
    private final double seconds;

    /** @param loss the mean training loss at the end; NaN or infinite if the run diverged */
    Run(Arm arm, double rate, long seed, double loss, double seconds) {
        this.arm = arm;
        this.rate = rate;
        this.seed = seed;
        this.loss = loss;
        this.seconds = seconds;
    }

    Arm arm() {
        return arm;
    }

    double rate() {
        return rate;
    }

    long seed() {
        return seed;
    }

    double loss() {
        return loss;
    }

    /** Whether the loss or a parameter became NaN or infinite. */
    boolean diverged() {
        return !Double.isFinite(loss);
    }

    double seconds() {
        return seconds;
    }
}
