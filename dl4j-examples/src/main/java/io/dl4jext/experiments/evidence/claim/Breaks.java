package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * That trainings break, others not: a network whose accuracy is that of guessing has broken. Reproduced where all do with every seed as it is
 * said; not reproduced where one does not with most of its seeds.
 */
public final class Breaks extends PlainQuestion {

    private final List<PerSeed> broken;
    private final List<PerSeed> whole;
    private final double guessing;

    /**
     * A break.
     *
     * @param broken accuracies of the settings that break
     * @param whole those of the settings that do not
     * @param guessing up to which an accuracy counts as none
     */
    public Breaks(Claim claim, List<PerSeed> broken, List<PerSeed> whole, double guessing) {
        super(claim);
        this.broken = List.copyOf(broken);
        this.whole = List.copyOf(whole);
        this.guessing = guessing;
    }

    @Override
    Finding beforehand() {
        List<String> missing = new ArrayList<>();
        List<String> statistics = new ArrayList<>();
        List<String> against = new ArrayList<>();
        boolean always = true;
        for (PerSeed setting : broken) {
            always &= look(setting, true, missing, statistics, against);
        }
        for (PerSeed setting : whole) {
            always &= look(setting, false, missing, statistics, against);
        }
        String all = String.join("; ", statistics);
        if (!against.isEmpty()) {
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, String.join(", ", against), all);
        }
        if (!missing.isEmpty()) {
            return statistics.isEmpty()
                    ? Finding.notRun(claim(), missing)
                    : Finding.of(claim(), Verdict.NOT_RUN, "not run: " + String.join("; ", missing), all);
        }
        return always
                ? Finding.of(claim(), Verdict.REPRODUCED, "as it is said, with every seed", all)
                : Finding.notTestable(claim(), "not with every seed", all);
    }

    /** @return whether every seed is as it is said */
    private boolean look(
            PerSeed setting, boolean breaks, List<String> missing, List<String> statistics, List<String> against) {
        if (setting.isEmpty()) {
            missing.add(setting.name());
            return false;
        }
        double[] accuracies = setting.sample().values();
        int count = (int) Arrays.stream(accuracies)
                .filter(accuracy -> !(accuracy > guessing)) // NaN, too
                .count();
        int so = breaks ? count : accuracies.length - count;
        statistics.add(setting.name() + " broke with " + count + " of " + Numbers.count(accuracies.length, "seed"));
        if (2 * so < accuracies.length) {
            against.add(setting.name() + (breaks ? " does not break" : " breaks"));
        }
        return so == accuracies.length;
    }
}
