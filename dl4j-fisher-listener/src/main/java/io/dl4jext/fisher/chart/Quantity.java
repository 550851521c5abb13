package io.dl4jext.fisher.chart;

import java.util.function.Function;

/** What an axis can show of a run. */
enum Quantity {
    ITERATION("iteration", Scale.LINEAR, run -> run.iterations),
    // Plain letters: many fonts set the bar of C̄ beside the letter.
    CONDITION("mean condition number C_K", Scale.LOGARITHMIC, run -> run.averageConditionNumbers),
    ENERGY("cumulative energy L_K", Scale.LOGARITHMIC, run -> run.cumulativeEnergies);

    final String title;
    final Scale scale;
    private final Function<Run, double[]> column;

    Quantity(String title, Scale scale, Function<Run, double[]> column) {
        this.title = title;
        this.scale = scale;
        this.column = column;
    }

    double[] of(Run run) {
        return column.apply(run);
    }
}
