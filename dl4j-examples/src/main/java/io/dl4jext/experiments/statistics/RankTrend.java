package io.dl4jext.experiments.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;
import org.hipparchus.stat.ranking.NaturalRanking;

/**
 * How one measure goes with another within rows that share something else, such as C̄_K with the batch size at each
 * learning rate: Spearman's rank correlation of each row, and one of all rows together, of ranks that are taken within
 * the rows. Immutable.
 */
public final class RankTrend {

    /** Two points always correlate. */
    private static final int FEWEST = 3;

    private final List<Double> rows = new ArrayList<>();
    private double products;
    private double firstSquares;
    private double secondSquares;
    private int pairs;

    /**
     * Twelve times the sum of squares of centred ranks without ties; two neighbours who change places lower the
     * correlation by 12 / room.
     */
    private double room;

    /** The logarithm of the number of orders in which the rows can be. */
    private double orders;

    private RankTrend() {}

    /** A row's pairs. */
    public static final class Row {

        private final Sample first;
        private final Sample second;

        public Row(Sample first, Sample second) {
            Significance.checkPairs(first.values(), second.values());
            this.first = first;
            this.second = second;
        }
    }

    /**
     * The trend of these rows.
     *
     * @param all pairs with a value that is not finite do not count, rows with fewer than three pairs neither
     */
    public static RankTrend of(List<Row> all) {
        RankTrend trend = new RankTrend();
        all.forEach(trend::add);
        return trend;
    }

    private void add(Row row) {
        double[] first = row.first.values();
        double[] second = row.second.values();
        int[] finite = IntStream.range(0, first.length)
                .filter(i -> Double.isFinite(first[i]) && Double.isFinite(second[i]))
                .toArray();
        int n = finite.length;
        if (n < FEWEST) {
            return;
        }
        double[] a =
                centredRanks(Arrays.stream(finite).mapToDouble(i -> first[i]).toArray());
        double[] b =
                centredRanks(Arrays.stream(finite).mapToDouble(i -> second[i]).toArray());
        double product = 0;
        double aSquares = 0;
        double bSquares = 0;
        for (int i = 0; i < n; i++) {
            product += a[i] * b[i];
            aSquares += a[i] * a[i];
            bSquares += b[i] * b[i];
        }
        rows.add(product / Math.sqrt(aSquares * bSquares));
        products += product;
        firstSquares += aSquares;
        secondSquares += bSquares;
        pairs += n;
        room += n * (n * (double) n - 1);
        for (int i = 2; i <= n; i++) {
            orders += Math.log(i);
        }
    }

    private static double[] centredRanks(double[] values) {
        double[] ranks = new NaturalRanking().rank(values);
        double middle = (values.length + 1) / 2.0;
        return Arrays.stream(ranks).map(rank -> rank - middle).toArray();
    }

    /** The rank correlation of each row, in their order; NaN of one in which nothing varies. */
    public List<Double> rows() {
        return List.copyOf(rows);
    }

    /** In how many rows the correlation has this sign, +1 or -1. */
    public int rowsWithSign(int sign) {
        return (int) rows.stream().filter(row -> row * sign > 0).count();
    }

    /** Pairs in all rows. */
    public int pairs() {
        return pairs;
    }

    /** That of all rows together; NaN without rows. */
    public double correlation() {
        return products / Math.sqrt(firstSquares * secondSquares);
    }

    /** What the pairs count as, since each row's ranks have their mean taken off. */
    private int effective() {
        return pairs - rows.size() + 1;
    }

    /**
     * A confidence interval of {@link #correlation()}, as {@link Significance#spearmanInterval}. A correlation of 1
     * counts as one halfway to the next lower that so many pairs can have, so that the interval has a width, and
     * belongs to it.
     *
     * @return its two ends; NaN with too few pairs
     */
    public double[] interval(double confidence) {
        double most = 1 - 6 / room;
        double bounded = Math.max(-most, Math.min(most, correlation()));
        double[] ends = Significance.spearmanInterval(bounded, effective(), confidence);
        return new double[] {Math.min(ends[0], correlation()), Math.max(ends[1], correlation())};
    }

    /**
     * A two-sided p-value of no trend, by Fisher's transform; at least 2 over the number of orders in which the rows
     * can be.
     *
     * @return NaN with too few pairs
     */
    public double p() {
        int n = effective();
        double correlation = Math.abs(correlation());
        if (n <= 3 || Double.isNaN(correlation)) {
            return Double.NaN;
        }
        double z = 0.5 * Math.log((1 + correlation) / (1 - correlation)) * Math.sqrt((n - 3) / 1.06);
        double tail = 2 * new NormalDistribution(0, 1).cumulativeProbability(-z);
        return Math.min(1, Math.max(tail, 2 * Math.exp(-orders)));
    }
}
