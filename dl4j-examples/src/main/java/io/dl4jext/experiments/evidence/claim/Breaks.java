package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * That trainings break, others not: a network whose accuracy is that of guessing has broken. Reproduced where all do
 * with every seed as it is said; not reproduced where one does not with most of its seeds; neither with fewer than
 * three.
 */
public final class Breaks extends PlainQuestion {

    private static final int LEAST_SEEDS = 3;

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
        int fewest = Integer.MAX_VALUE;
        boolean always = true;
        List<PerSeed> all = new ArrayList<>(broken);
        all.addAll(whole);
        for (int i = 0; i < all.size(); i++) {
            PerSeed setting = all.get(i);
            boolean breaks = i < broken.size();
            if (setting.isEmpty()) {
                missing.add(setting.name());
                continue;
            }
            int count = broken(setting);
            int so = breaks ? count : setting.seeds() - count;
            statistics.add(setting.name() + " broke with " + count + " of " + Numbers.count(setting.seeds(), "seed"));
            if (setting.seeds() >= LEAST_SEEDS && 2 * so < setting.seeds()) {
                against.add(setting.name() + (breaks ? " does not break" : " breaks"));
            }
            always &= so == setting.seeds();
            fewest = Math.min(fewest, setting.seeds());
        }
        String told = String.join("; ", statistics);
        if (!against.isEmpty()) {
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, String.join(", ", against), told);
        }
        if (!missing.isEmpty()) {
            return statistics.isEmpty()
                    ? Finding.notRun(claim(), missing)
                    : Finding.of(claim(), Verdict.NOT_RUN, "not run: " + String.join("; ", missing), told);
        }
        if (fewest < LEAST_SEEDS) {
            return Finding.notTestable(
                    claim(),
                    "expected at least " + LEAST_SEEDS + " seeds, found " + fewest + "; with these it is "
                            + (always ? "as it is said" : "not as it is said"),
                    told);
        }
        return always
                ? Finding.of(claim(), Verdict.REPRODUCED, "as it is said, with every seed", told)
                : Finding.notTestable(claim(), "not with every seed", told);
    }

    /** With how many seeds a network has broken. */
    private int broken(PerSeed setting) {
        return (int) Arrays.stream(setting.sample().values())
                .filter(accuracy -> !(accuracy > guessing)) // NaN, too
                .count();
    }
}
