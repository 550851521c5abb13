package io.dl4jext.experiments.evidence.claim;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A paper's claim with its verdict and the statistics behind it. Immutable. */
public final class Finding {

    private final Claim claim;
    private final Verdict verdict;
    private final String reason;
    private final String statistics;

    private Finding(Claim claim, Verdict verdict, String reason, String statistics) {
        this.claim = claim;
        this.verdict = verdict;
        this.reason = reason;
        this.statistics = statistics;
    }

    /**
     * A finding.
     *
     * @param reason why the verdict is so, in some words
     * @param statistics numbers of tests and intervals; may be empty
     */
    static Finding of(Claim claim, Verdict verdict, String reason, String statistics) {
        return new Finding(claim, verdict, reason, statistics);
    }

    /** Of a claim of which something has not been run. */
    static Finding notRun(Claim claim, Collection<String> missing) {
        return new Finding(
                claim,
                Verdict.NOT_RUN,
                "not run: " + missing.stream().distinct().collect(Collectors.joining("; ")),
                "");
    }

    /** Of a claim that nothing here can decide. */
    public static Finding notTestable(Claim claim, String reason, String statistics) {
        return new Finding(claim, Verdict.NOT_TESTABLE_HERE, reason, statistics);
    }

    /**
     * Findings of an experiment whose seeds are run one by one. While some are missing none is decided: who looks after
     * each seed, and may stop at any, finds by chance what is not there.
     *
     * @param missing the cells that have not been run
     */
    public static List<Finding> ofAll(Collection<String> missing, List<Finding> findings) {
        return missing.isEmpty()
                ? findings
                : findings.stream().map(finding -> finding.without(missing)).collect(Collectors.toList());
    }

    /**
     * The same; where something has not been run, with the cells that failed, which keep it so.
     *
     * @param failed their names; may be none
     */
    public Finding naming(Collection<String> failed) {
        return verdict != Verdict.NOT_RUN || failed.isEmpty()
                ? this
                : new Finding(claim, verdict, reason + " (failed: " + String.join(", ", failed) + ")", statistics);
    }

    private Finding without(Collection<String> missing) {
        return verdict == Verdict.NOT_RUN
                ? this
                : new Finding(
                        claim,
                        Verdict.NOT_RUN,
                        notRun(claim, missing).reason + " (so far: " + reason + ")",
                        statistics);
    }

    /** The same numbers without a verdict, for runs that are too small for one. */
    public Finding undecided(String reason) {
        return verdict == Verdict.NOT_RUN || verdict == Verdict.NOT_TESTABLE_HERE
                ? this
                : new Finding(
                        claim,
                        Verdict.NOT_TESTABLE_HERE,
                        reason + " (the numbers alone: " + this.reason + ")",
                        statistics);
    }

    public Claim claim() {
        return claim;
    }

    public Verdict verdict() {
        return verdict;
    }

    public String reason() {
        return reason;
    }

    public String statistics() {
        return statistics;
    }

    /** The line that comes first: what does not hold, by name; else how many claims do. */
    public static String headline(List<Finding> findings) {
        String failed = failed(findings);
        if (!failed.isEmpty()) {
            return "Not reproduced here: " + failed + ".";
        }
        return with(Verdict.REPRODUCED, findings).isEmpty()
                ? "No claim has been decided here."
                : "Of the claims that could be decided here, none failed.";
    }

    /** The claims that are not reproduced, one after the other. */
    public static String failed(List<Finding> findings) {
        return with(Verdict.NOT_REPRODUCED, findings).stream()
                .map(finding -> finding.claim.text())
                .collect(Collectors.joining("; "));
    }

    /** How many of each verdict. */
    public static String counts(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        for (Verdict verdict : Verdict.values()) {
            int count = with(verdict, findings).size();
            if (count > 0) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(verdict);
            }
        }
        return findings.size() + (findings.size() == 1 ? " claim: " : " claims: ") + text + ".";
    }

    private static List<Finding> with(Verdict verdict, List<Finding> findings) {
        return findings.stream().filter(finding -> finding.verdict == verdict).collect(Collectors.toList());
    }

    @Override
    public String toString() {
        return claim.text() + ": " + verdict + ", " + reason + (statistics.isEmpty() ? "" : "; " + statistics);
    }
}
