package io.dl4jext.gradientcheck;

import java.util.Arrays;
import java.util.Locale;

/**
 * The distribution of the relative errors |g − d|/max(|g|, |d|) of some parameters, with the gradient g of
 * backpropagation and the finite difference d; 0 where |g − d| is at most the floor of the check.
 */
public final class RelativeErrors {

    /** The histogram's first class holds everything below this, exact zeros too. */
    private static final int SMALLEST_DECADE = -12;

    private final double[] errors;
    private final double[] sorted;
    private final String worst;

    RelativeErrors(double[] errors, String worst) {
        this.errors = errors.clone();
        this.sorted = errors.clone();
        Arrays.sort(sorted);
        this.worst = worst;
    }

    /** The number of parameters. */
    public int count() {
        return sorted.length;
    }

    public double mean() {
        return Arrays.stream(sorted).average().orElse(Double.NaN);
    }

    public double median() {
        return quantile(0.5);
    }

    public double max() {
        return sorted[sorted.length - 1];
    }

    /**
     * The smallest error that at least this share of the parameters does not exceed.
     *
     * @param share 0 ≤ share ≤ 1
     * @throws IllegalArgumentException if it is not in this range
     */
    public double quantile(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("Expected 0 ≤ share ≤ 1, got " + share);
        }
        return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
    }

    /**
     * Of how many parameters the error is smaller than another difference's, or the same one's with another step; of
     * equal errors neither is.
     *
     * @param others of the same parameters: from the same check, or from one of the same network with the same seed
     * @throws IllegalArgumentException if they are of another number of parameters
     */
    public int smallerThan(RelativeErrors others) {
        if (others.errors.length != errors.length) {
            throw new IllegalArgumentException("Expected the errors of the same " + errors.length
                    + " parameters, got those of " + others.errors.length);
        }
        int smaller = 0;
        for (int i = 0; i < errors.length; i++) {
            smaller += errors[i] < others.errors[i] ? 1 : 0;
        }
        return smaller;
    }

    /** The parameter with the largest error: layer, name, index, gradient and difference. */
    public String worst() {
        return worst;
    }

    /**
     * How many errors fall into each decade.
     *
     * @return 14 numbers: below 1e-12, then [10^k, 10^(k+1)) for k = −12 … −1, then from 1 on, NaN included
     */
    public int[] decades() {
        int[] counts = new int[2 - SMALLEST_DECADE];
        for (double error : sorted) {
            int decade = error < 1 ? (int) Math.floor(Math.log10(error)) : 0;
            counts[Math.max(-1, decade - SMALLEST_DECADE) + 1]++;
        }
        return counts;
    }

    /** The decades as lines of text with bars of at most 50 characters. */
    public String histogram() {
        int[] counts = decades();
        int largest = Arrays.stream(counts).max().orElse(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < counts.length; i++) {
            String from = i == 0 ? "0" : i == counts.length - 1 ? "1" : "1e" + (SMALLEST_DECADE + i - 1);
            int bar = (int) Math.ceil(50.0 * counts[i] / largest);
            text.append(String.format(Locale.ROOT, "%6s … %8d ", from, counts[i]))
                    .append("#".repeat(bar))
                    .append('\n');
        }
        return text.toString();
    }
}
