package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * That the accuracies, or losses, of a table are met: the interval of each mean over the seeds lies within a tolerance
 * of the paper's number. Not reproduced where one lies beyond it; not run where a number is missing, and the others are
 * not beyond. With fewer than three seeds, which do not tell how far others would fall, nothing is decided, and the
 * means alone are told.
 */
public final class Near extends PlainQuestion {

    private static final double CONFIDENCE = 0.95;
    private static final int LEAST_SEEDS = 3;

    private final List<Entry> entries;
    private final Tolerance tolerance;
    private final String notComparable;

    /** How far a mean may be from the paper's number. */
    private interface Tolerance {

        double around(double paper);

        /** A difference to it. */
        String text(double difference);

        /** The unit of the differences, and what is allowed. */
        String words();
    }

    /** In shares that are told as percentage points. */
    private static Tolerance points(double most) {
        return new Tolerance() {
            @Override
            public double around(double paper) {
                return most;
            }

            @Override
            public String text(double difference) {
                return Numbers.format("%+.2f", 100 * difference);
            }

            @Override
            public String words() {
                return " points; tolerance " + Numbers.plain(100 * most);
            }
        };
    }

    private static Tolerance share(double share, double least) {
        return new Tolerance() {
            @Override
            public double around(double paper) {
                return Math.max(share * paper, least);
            }

            @Override
            public String text(double difference) {
                return Numbers.format("%+.3f", difference);
            }

            @Override
            public String words() {
                return "; tolerance " + Numbers.plain(share) + " of the paper's number, " + Numbers.plain(least)
                        + " at least";
            }
        };
    }

    /** One number of the paper. */
    public static final class Entry {

        private final PerSeed here;
        private final double paper;
        private final boolean ofOneSeed;

        public Entry(PerSeed here, double paper) {
            this(here, paper, false);
        }

        private Entry(PerSeed here, double paper, boolean ofOneSeed) {
            this.here = here;
            this.paper = paper;
            this.ofOneSeed = ofOneSeed;
        }

        /** A number that the paper has from one training, which is as far from its own mean as ours are from theirs. */
        public static Entry ofOneSeed(PerSeed here, double paper) {
            return new Entry(here, paper, true);
        }

        private double difference() {
            return here.sample().mean() - paper;
        }

        private boolean hasSeeds() {
            return here.seeds() >= LEAST_SEEDS;
        }

        /** Half of the interval of the mean; or, in which one more training is. */
        private double width() {
            return here.sample().halfWidth(CONFIDENCE) * (ofOneSeed ? Math.sqrt(here.seeds() + 1.0) : 1);
        }

        /** Whether the mean is within the tolerance. */
        private boolean agrees(Tolerance tolerance) {
            return Math.abs(difference()) <= tolerance.around(paper);
        }

        /** Whether the whole interval is. */
        private boolean isWithin(Tolerance tolerance) {
            return hasSeeds() && Math.abs(difference()) + width() <= tolerance.around(paper);
        }

        /** Whether no part of it is; so are trainings that diverge. */
        private boolean isBeyond(Tolerance tolerance) {
            return hasSeeds() && !(Math.abs(difference()) - width() <= tolerance.around(paper));
        }

        private String told(Tolerance tolerance) {
            String mean = here.name() + " " + tolerance.text(difference());
            return hasSeeds() && here.diverged() == 0
                    ? mean + " ± " + tolerance.text(width()).substring(1)
                    : mean;
        }
    }

    /**
     * An agreement.
     *
     * @param tolerance how far a mean's interval may reach from the paper's number, as a share
     * @param notComparable why what was run here cannot be held against the paper's numbers; empty if it can
     */
    public Near(Claim claim, List<Entry> entries, double tolerance, String notComparable) {
        this(claim, entries, points(tolerance), notComparable);
    }

    /**
     * Of losses.
     *
     * @param share how far a mean's interval may reach from the paper's number, as a share of that
     * @param least what is allowed in any case, as a paper's losses have few decimals
     */
    public static Near losses(Claim claim, List<Entry> entries, double share, double least) {
        return new Near(claim, entries, share(share, least), "");
    }

    private Near(Claim claim, List<Entry> entries, Tolerance tolerance, String notComparable) {
        super(claim);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(claim.text() + ": expected a number at least, got none");
        }
        this.entries = List.copyOf(entries);
        this.tolerance = tolerance;
        this.notComparable = notComparable;
    }

    @Override
    Finding beforehand() {
        List<Entry> run = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.here.isEmpty()) {
                missing.add(entry.here.name());
            } else {
                run.add(entry);
            }
        }
        if (run.isEmpty()) {
            return Finding.notRun(claim(), missing);
        }
        String statistics = run.stream().map(entry -> entry.told(tolerance)).collect(Collectors.joining("; "))
                + tolerance.words() + ", " + Numbers.count(seeds(run), "seed")
                + (run.stream().anyMatch(entry -> entry.ofOneSeed)
                        ? "; ±: for one more training, as the paper's number is of one"
                        : "");
        if (!notComparable.isEmpty()) {
            return Finding.notTestable(claim(), notComparable, statistics);
        }
        List<String> beyond = names(run, entry -> entry.isBeyond(tolerance));
        if (!beyond.isEmpty()) {
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, differ(beyond, run.size()), statistics);
        }
        if (!missing.isEmpty()) {
            int agree = names(run, entry -> entry.agrees(tolerance)).size();
            return Finding.of(
                    claim(),
                    Verdict.NOT_RUN,
                    agree + " of " + entries.size() + " agree, not run: " + String.join("; ", missing),
                    statistics);
        }
        List<String> open = names(run, entry -> !entry.isWithin(tolerance));
        if (open.isEmpty()) {
            return Finding.of(claim(), Verdict.REPRODUCED, allAgree(run), statistics);
        }
        if (seeds(run) < LEAST_SEEDS) {
            List<String> far = names(run, entry -> !entry.agrees(tolerance));
            return Finding.notTestable(
                    claim(),
                    "expected at least " + LEAST_SEEDS + " seeds, found " + seeds(run) + "; by the means alone "
                            + (far.isEmpty() ? allAgree(run) : differ(far, run.size())),
                    statistics);
        }
        return Finding.notTestable(claim(), "not decided, at the tolerance: " + String.join("; ", open), statistics);
    }

    private static String allAgree(List<Entry> run) {
        return run.size() == 1 ? "it agrees" : "all " + run.size() + " agree";
    }

    /** The fewest of a number. */
    private static int seeds(List<Entry> run) {
        return run.stream().mapToInt(entry -> entry.here.seeds()).min().orElse(0);
    }

    private static List<String> names(List<Entry> run, Predicate<Entry> which) {
        return run.stream().filter(which).map(entry -> entry.here.name()).collect(Collectors.toList());
    }

    private static String differ(List<String> far, int of) {
        return far.size() + " of " + of + " differ: " + String.join("; ", far);
    }
}
