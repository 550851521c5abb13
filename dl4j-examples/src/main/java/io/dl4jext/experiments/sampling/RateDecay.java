package io.dl4jext.experiments.sampling;

import io.dl4jext.experiments.command.ScheduleName;
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

    ISchedule schedule() {
        int[] borders = ScheduleName.rateSteps(epochs);
        return new MapSchedule.Builder(ScheduleType.EPOCH)
                .add(0, rate)
                .add(borders[1], rate * FACTOR)
                .add(borders[2], rate * FACTOR * FACTOR)
                .build();
    }
}
