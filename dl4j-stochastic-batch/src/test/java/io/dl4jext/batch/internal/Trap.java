package io.dl4jext.batch.internal;

import org.nd4j.linalg.schedule.ISchedule;

/** A schedule of somebody else; notes when its class is initialised. */
public final class Trap implements ISchedule {

    private static final long serialVersionUID = 1L;

    static {
        System.setProperty("io.dl4jext.batch.internal.Trap", "sprung");
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        return 1;
    }

    @Override
    public ISchedule clone() {
        return this;
    }
}
