package io.dl4jext.fisher.sink;

import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one SLF4J line at level INFO for each measurement, in plain ASCII:
 *
 * <pre>epoch 0, iteration 120: c_k 41.2 (rank 32 of 32), l_k 0.01234, C_K 38.7, L_K 1.512, loss 0.4321</pre>
 *
 * <p>c_k and l_k are those of this mini-batch ({@link FisherMeasurement#conditionNumber()},
 * {@link FisherMeasurement#energy()}); C_K and L_K the running measures up to and including it
 * ({@link FisherSummary#averageConditionNumber()}, {@link FisherSummary#cumulativeEnergy()}). Four significant digits;
 * the files of {@link CsvSink} and {@link JsonLinesSink} hold all of them. The text is the same in every locale.
 */
public final class LogSink implements FisherSink {

    private final Logger logger;

    /** Logs under the name {@code io.dl4jext.fisher}. */
    public LogSink() {
        this(LoggerFactory.getLogger(FisherSink.class.getPackageName()));
    }

    /**
     * Logs to a logger of your own.
     *
     * @param logger where the lines go; those below its level are not even formatted
     */
    public LogSink(Logger logger) {
        if (logger == null) {
            throw new IllegalArgumentException("Expected a logger, got null");
        }
        this.logger = logger;
    }

    @Override
    public void accept(FisherMeasurement measurement, FisherSummary soFar) {
        if (!logger.isInfoEnabled()) {
            return;
        }
        logger.info(String.format(
                Locale.ROOT,
                "epoch %d, iteration %d: c_k %.4g (rank %d of %d), l_k %.4g, C_K %.4g, L_K %.4g, loss %.4g",
                measurement.epoch(),
                measurement.iteration(),
                measurement.conditionNumber(),
                measurement.rank(),
                measurement.batchSize(),
                measurement.energy(),
                soFar.averageConditionNumber(),
                soFar.cumulativeEnergy(),
                measurement.loss()));
    }
}
