package io.dl4jext.batch.control;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The exponential moving averages of a request's numerators and denominators, as the sums Σ βʲ x_{n−j}: their ratio is
 * that of the averages, from the first value on.
 */
final class MovingAverage {

    @JsonProperty("movingAverage")
    private final double decay;

    private double[] numerators = new double[0];
    private double[] denominators = new double[0];

    /** @param decay β, 0 ≤ β &lt; 1; 0 keeps the last value only */
    MovingAverage(double decay) {
        this.decay = decay;
    }

    double[] numerators() {
        return numerators.clone();
    }

    double[] denominators() {
        return denominators.clone();
    }

    /** @throws IllegalArgumentException unless as many of both, all finite */
    static void requireSums(double[] numerators, double[] denominators) {
        boolean finite = DoubleStream.concat(DoubleStream.of(numerators), DoubleStream.of(denominators))
                .allMatch(Double::isFinite);
        if (!finite || numerators.length != denominators.length) {
            throw new IllegalArgumentException("Expected finite sums of numerators and denominators, as many of both,"
                    + " got " + Arrays.toString(numerators) + " and " + Arrays.toString(denominators));
        }
    }

    void restore(double[] savedNumerators, double[] savedDenominators) {
        numerators = savedNumerators.clone();
        denominators = savedDenominators.clone();
    }

    /** As if nothing had been added. */
    void clear() {
        restore(new double[0], new double[0]);
    }

    /** The request of the averages with this one, which must be finite. Another number of terms starts them over. */
    SizeRequest add(SizeRequest request) {
        int terms = request.terms();
        boolean startOver = numerators.length != terms;
        for (int i = 0; i < terms && !startOver; i++) {
            // Two huge values of a network that diverges must not make the sums infinite for good.
            startOver = Double.isInfinite(decay * numerators[i] + request.numerator(i))
                    || Double.isInfinite(decay * denominators[i] + request.denominator(i));
        }
        if (startOver) {
            numerators = new double[terms];
            denominators = new double[terms];
        }
        for (int i = 0; i < terms; i++) {
            numerators[i] = decay * numerators[i] + request.numerator(i);
            denominators[i] = decay * denominators[i] + request.denominator(i);
        }
        return request.with(numerators.clone(), denominators.clone());
    }
}
