package io.dl4jext.experiments.evidence.cell;

import io.dl4jext.experiments.command.EnumName;

/** How much of the experiments is run. */
public enum Scale {
    /** A few minutes: that everything runs. Trains too little to decide anything. */
    SMOKE,
    /** About two hours on two cores. */
    STANDARD,
    /** As long as it takes. */
    FULL;

    /** Whether its trainings are long enough for verdicts. */
    public boolean decides() {
        return this != SMOKE;
    }

    /** One of three values, for a setting that differs between the scales. */
    public <T> T choose(T smoke, T standard, T full) {
        return this == SMOKE ? smoke : this == STANDARD ? standard : full;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
