package io.dl4jext.fisher.report;

import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.GradientStatistics;
import java.util.List;

/**
 * The gradient noise scale tr Σ/|G|² of a run, numerator and denominator averaged apart: exponential moving averages with the
 * weight β a measurement, without the bias towards 0 of the first values.
 *
 * <p>Measurements without a variance (one example, a gradient that is no number) are passed over.
 */
final class NoiseAverage {

    /** β, as batch controllers have it by default. */
    static final double DECAY = 0.9;

    /** After each measurement; NaN before the first that has one. */
    final double[] covarianceTraces;

    final double[] squaredNorms;

    NoiseAverage(List<FisherMeasurement> measurements) {
        covarianceTraces = new double[measurements.size()];
        squaredNorms = new double[measurements.size()];
        double covariance = 0;
        double squaredNorm = 0;
        double weight = 0;
        for (int i = 0; i < covarianceTraces.length; i++) {
            GradientStatistics gradients = measurements.get(i).gradientStatistics();
            double trace = gradients.covarianceTrace();
            double norm = gradients.expectedGradientSquaredNorm();
            if (Double.isFinite(trace) && Double.isFinite(norm)) {
                covariance = DECAY * covariance + (1 - DECAY) * trace;
                squaredNorm = DECAY * squaredNorm + (1 - DECAY) * norm;
                weight = DECAY * weight + (1 - DECAY);
            }
            covarianceTraces[i] = covariance / weight;
            squaredNorms[i] = squaredNorm / weight;
        }
    }

    /** In examples; infinite where |G|² is not above 0, NaN where nothing is known. */
    double scale(int measurement) {
        double covarianceTrace = covarianceTraces[measurement];
        double squaredNorm = squaredNorms[measurement];
        return covarianceTrace > 0 && squaredNorm <= 0 ? Double.POSITIVE_INFINITY : covarianceTrace / squaredNorm;
    }

    /** After the last measurement; NaN where there is none. */
    double last() {
        return covarianceTraces.length == 0 ? Double.NaN : scale(covarianceTraces.length - 1);
    }

    /** The power of two that is nearest to a noise scale in ratio, at least 1; 0 where there is none to be said. */
    static long batchSize(double scale) {
        if (!(scale >= 0) || scale > 1L << 40) {
            return 0;
        }
        return 1L << Math.max(0, Math.round(Math.log(scale) / Math.log(2)));
    }
}
