package io.dl4jext.experiments.optimisers;

/** What was measured after a number of steps. Immutable. */
final class CurvePoint {

    private final long steps;
    private final double trainLoss;
    private final double testLoss;
    private final double testAccuracy;

    /** @param trainLoss mean over the examples of the steps since the point before, each as its step saw it */
    CurvePoint(long steps, double trainLoss, double testLoss, double testAccuracy) {
        this.steps = steps;
        this.trainLoss = trainLoss;
        this.testLoss = testLoss;
        this.testAccuracy = testAccuracy;
    }

    long steps() {
        return steps;
    }

    double trainLoss() {
        return trainLoss;
    }

    double testLoss() {
        return testLoss;
    }

    double testAccuracy() {
        return testAccuracy;
    }
}
