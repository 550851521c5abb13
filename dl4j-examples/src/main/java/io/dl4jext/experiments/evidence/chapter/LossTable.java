package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.claim.PerSeed;
import io.dl4jext.experiments.evidence.page.Table;
import io.dl4jext.experiments.report.Numbers;

/** Mean losses by rate, a column for each method. */
final class LossTable {

    private LossTable() {}

    static Table of(String caption, RateRuns runs) {
        Table.Maker<Double> table = Table.of(caption, runs.grid()).name("rate", Numbers::plain);
        for (String method : runs.methods()) {
            table.number(Form.named(method), rate -> mean(runs.at(method, rate)));
        }
        return table.make();
    }

    /** With how many seeds the training diverged, where it did. */
    static String mean(PerSeed losses) {
        if (losses.isEmpty()) {
            return "-";
        }
        if (losses.diverged() == losses.seeds()) {
            return "diverged";
        }
        String mean = Numbers.significant(losses.sample().finite().mean());
        return losses.diverged() == 0 ? mean : mean + ", diverged with " + losses.diverged();
    }
}
