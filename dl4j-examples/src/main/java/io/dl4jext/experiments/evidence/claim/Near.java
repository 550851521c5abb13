package io.dl4jext.experiments.evidence.claim;

import io.dl4jext.experiments.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * That the accuracies, or losses, of a table are met: each mean over the seeds within a tolerance of the paper's number. Not reproduced where
 * one that was run is farther from it; not run where one was not, and the others agree.
 */
public final class Near extends PlainQuestion {

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

        public Entry(PerSeed here, double paper) {
            this.here = here;
            this.paper = paper;
        }

        private double difference() {
            return here.sample().mean() - paper;
        }
    }

    /**
     * An agreement.
     *
     * @param tolerance how far a mean may be from the paper's, as a share
     * @param notComparable why what was run here cannot be held against the paper's numbers; empty if it can
     */
    public Near(Claim claim, List<Entry> entries, double tolerance, String notComparable) {
        this(claim, entries, points(tolerance), notComparable);
    }

    /**
     * Of losses.
     *
     * @param share how far a mean may be from the paper's, as a share of that
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
        String statistics = run.stream()
                        .map(entry -> entry.here.name() + " " + tolerance.text(entry.difference()))
                        .collect(Collectors.joining("; "))
                + tolerance.words() + ", "
                + Numbers.count(
                        run.stream().mapToInt(entry -> entry.here.seeds()).min().orElse(0), "seed");
        if (!notComparable.isEmpty()) {
            return Finding.notTestable(claim(), notComparable, statistics);
        }
        List<String> far = run.stream()
                .filter(entry -> !(Math.abs(entry.difference()) <= tolerance.around(entry.paper)))
                .map(entry -> entry.here.name())
                .collect(Collectors.toList());
        if (!far.isEmpty()) {
            return Finding.of(
                    claim(),
                    Verdict.NOT_REPRODUCED,
                    far.size() + " of " + run.size() + " differ: " + String.join("; ", far),
                    statistics);
        }
        return missing.isEmpty()
                ? Finding.of(claim(), Verdict.REPRODUCED, "all " + run.size() + " agree", statistics)
                : Finding.of(
                        claim(),
                        Verdict.NOT_RUN,
                        run.size() + " of " + entries.size() + " agree, not run: " + String.join("; ", missing),
                        statistics);
    }
}
