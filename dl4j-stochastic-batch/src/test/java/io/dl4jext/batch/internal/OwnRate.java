package io.dl4jext.batch.internal;

import org.nd4j.linalg.schedule.ISchedule;

/** A schedule of a rate as a user writes one. */
public final class OwnRate implements ISchedule {

    private static final long serialVersionUID = 1L;

    @Override
    public double valueAt(int iteration, int epoch) {
        return 1;
    }

    @Override
    public ISchedule clone() {
        return this;
    }
}
