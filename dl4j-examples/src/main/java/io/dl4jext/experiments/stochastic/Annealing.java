package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.cli.Numbers;
import io.dl4jext.schedule.SigmoidAnnealingSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The learning rate, from the first epoch's to the last epoch's by sigmoid annealing. Immutable. */
final class Annealing {

    private final double first;
    private final double last;
    private final int epochs;

    Annealing(double first, double last, int epochs) {
        this.first = first;
        this.last = last;
        this.epochs = epochs;
    }

    int epochs() {
        return epochs;
    }

    double first() {
        return first;
    }

    /** The whole course times {@code factor}. */
    ISchedule schedule(double factor) {
        return epochs == 1
                ? new FixedSchedule(factor * first)
                : new SigmoidAnnealingSchedule(ScheduleType.EPOCH, factor * first, factor * last, epochs);
    }

    @Override
    public String toString() {
        return "learning rate " + Numbers.plain(first) + " to " + Numbers.plain(last);
    }
}
