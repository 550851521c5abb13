package io.dl4jext.experiments.evidence.claim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * That a difference is as claimed at each of several points, such as all rates of a grid. Reproduced where it is shown
 * at every single one: the largest p-value is that of all, and no correction is due. Not reproduced where one shows the
 * contrary, the smallest of their p-values corrected by Bonferroni, or where a training diverges at a point at which
 * its counterpart does not. One seed at each point decides nothing, as with a single difference.
 */
public final class Everywhere extends Question {

    private final Map<String, Difference> points;
    private final Map<String, Finding> early = new LinkedHashMap<>();

    /** @param points the difference at each, by the point's name; their own claims are not told */
    public Everywhere(Claim claim, Map<String, Difference> points) {
        super(claim);
        if (points.isEmpty()) {
            throw new IllegalArgumentException(claim.text() + ": expected a point at least, got none");
        }
        this.points = new LinkedHashMap<>(points);
        this.points.forEach((name, point) -> {
            Finding finding = point.beforehand();
            if (finding != null) {
                early.put(name, finding);
            }
        });
    }

    @Override
    Finding beforehand() {
        for (Verdict verdict : List.of(Verdict.NOT_REPRODUCED, Verdict.NOT_RUN)) {
            List<String> reasons = new ArrayList<>();
            early.forEach((name, finding) -> {
                if (finding.verdict() == verdict) {
                    reasons.add(verdict == Verdict.NOT_RUN ? finding.reason() : name + ": " + finding.reason());
                }
            });
            if (!reasons.isEmpty()) {
                return Finding.of(
                        claim(), verdict, reasons.stream().distinct().collect(Collectors.joining("; ")), statistics());
            }
        }
        return early.size() == points.size() ? undecided() : null;
    }

    private Finding undecided() {
        return Finding.notTestable(
                claim(),
                early.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue().reason())
                        .collect(Collectors.joining("; ")),
                statistics());
    }

    /** The numbers of each point, of those that were not tested too. */
    private String statistics() {
        List<String> numbers = new ArrayList<>();
        points.forEach((name, point) -> {
            Finding finding = early.get(name);
            String own = finding == null ? point.summary() : finding.statistics();
            if (!own.isEmpty()) {
                numbers.add(name + ": " + own);
            }
        });
        return String.join("; ", numbers);
    }

    private List<Map.Entry<String, Difference>> tested() {
        return points.entrySet().stream()
                .filter(entry -> !early.containsKey(entry.getKey()))
                .collect(Collectors.toList());
    }

    @Override
    double shown() {
        return early.isEmpty()
                ? tested().stream()
                        .mapToDouble(entry -> entry.getValue().shown())
                        .max()
                        .orElse(1)
                : 1;
    }

    @Override
    double refuted() {
        return Math.min(1, tested().stream().mapToDouble(this::corrected).min().orElse(1));
    }

    /** Against the claim at a point; one where it is shown, as within a margin, does not speak against it. */
    private double corrected(Map.Entry<String, Difference> point) {
        Difference difference = point.getValue();
        return isSmall(difference.shown()) ? 1 : points.size() * difference.refuted();
    }

    @Override
    Finding decide(double shown, double refuted) {
        if (isSmall(refuted)) {
            String where = tested().stream()
                    .filter(point -> isSmall(corrected(point)))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.joining(", "));
            return Finding.of(claim(), Verdict.NOT_REPRODUCED, "the contrary at " + where, statistics());
        }
        if (isSmall(shown)) {
            return Finding.of(claim(), Verdict.REPRODUCED, "at all " + points.size(), statistics());
        }
        String open = points.entrySet().stream()
                .filter(point -> early.containsKey(point.getKey())
                        || !isSmall(point.getValue().shown()))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        return Finding.notTestable(
                claim(), open.isEmpty() ? "not decided among so many claims" : "not decided at " + open, statistics());
    }
}
