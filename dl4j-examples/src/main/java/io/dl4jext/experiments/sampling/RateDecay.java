package io.dl4jext.experiments.sampling;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The paper's learning rate: divided by ten after half of the epochs, and again after three quarters (rounded up). */
final class RateDecay {

    private static final double FACTOR = 0.1;

    private final double rate;
    private final int epochs;

    RateDecay(double rate, int epochs) {
        this.rate = rate;
        this.epochs = epochs;
    }

    /** The first epoch of each step of constant rate, and behind the last one the number of epochs. */
    int[] borders() {
        return new int[] {0, (epochs + 1) / 2, (3 * epochs + 3) / 4, epochs};
    }

    ISchedule schedule() {
        int[] borders = borders();
        return new MapSchedule.Builder(ScheduleType.EPOCH)
                .add(0, rate)
                .add(borders[1], rate * FACTOR)
                .add(borders[2], rate * FACTOR * FACTOR)
                .build();
    }
}
