package io.dl4jext.experiments.optimisers;

/** A setting in one of the tables, with what the paper's author measured. Immutable. */
final class PaperRow {

    private final int table;
    private final Setting setting;
    private final double loss;
    private final double accuracy;

    /** @param loss NaN where the paper says "nan" */
    PaperRow(int table, Setting setting, double loss, double accuracy) {
        this.table = table;
        this.setting = setting;
        this.loss = loss;
        this.accuracy = accuracy;
    }

    /** A setting that is in no table of the paper. */
    static PaperRow without(Setting setting) {
        return new PaperRow(0, setting, Double.NaN, Double.NaN);
    }

    boolean isFromPaper() {
        return table > 0;
    }

    /** Its number, 0 for none. */
    int table() {
        return table;
    }

    Setting setting() {
        return setting;
    }

    double loss() {
        return loss;
    }

    double accuracy() {
        return accuracy;
    }
}
